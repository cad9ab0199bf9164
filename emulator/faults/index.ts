export {
  createFaults,
  type FaultEffect,
  type FaultMoment,
  type FaultRule,
  type FaultSubject,
  type Faults,
  type StandingFault,
} from './faults.ts';
