export type { FileEntry, Link, LinkAction, Redeemed, VolumeFiles, VolumePath } from './contract.ts';
export { storagePath } from './links.ts';
export { createVolumeFiles, type VolumeFilesOptions } from './volume-files.ts';
