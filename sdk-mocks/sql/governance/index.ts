export { Instances, type SubjectInstance } from './instances.ts';
export { type Asker, type PreparedQuery, QueryReader, type ReadRelation } from './reader.ts';
export { subjectKey } from './subject.ts';
