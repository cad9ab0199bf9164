export {
  defineFamily,
  defineOperation,
  type Exchange,
  type Family,
  type Grade,
  type Need,
  type Operation,
  type Reply,
  type Services,
} from './define.ts';
export type { AppsPort, Ports, SecretsPort } from './ports.ts';
