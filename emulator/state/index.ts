export { createHolds, type Holds } from './holds.ts';
export { createImages, type Freezable, type Image, type Images, type Ref } from './images.ts';
export { createSecretStore, type SecretStore, secretMigrations } from './secret-store.ts';
export { type Migration, openStore, type Row, type SqlValue, type Store } from './store.ts';
