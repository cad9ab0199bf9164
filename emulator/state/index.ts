export { createImages, type Freezable, type Image, type Images, type Ref } from './images.ts';
export { type Migration, openStore, type Row, type SqlValue, type Store } from './store.ts';
