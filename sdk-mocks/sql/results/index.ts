export { readRows } from './read.ts';
