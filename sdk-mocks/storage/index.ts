export { type Entry, StorageError, type StorageProblem, type VolumeStorage } from './contract.ts';
export { createFolderObjects, createMemoryObjects, type Objects } from './objects.ts';
export { createStorage } from './storage.ts';
export { storageMigrations } from './tables.ts';
