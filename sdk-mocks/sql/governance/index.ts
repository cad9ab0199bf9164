export { Instances, type SubjectInstance } from './instances.ts';
export { mergeRefusal } from './merge-policy.ts';
export {
  type Asker,
  type ChangeTarget,
  type PreparedQuery,
  QueryReader,
  type ReadRelation,
} from './reader.ts';
export { rowIdShift } from './secured-table.ts';
export { subjectKey } from './subject.ts';
