export { writeCaBundles } from './ca-bundles.ts';
export {
  createRunCertificates,
  crlPaths,
  type Leaf,
  type RunCertificates,
  type SniCallback,
} from './certificates.ts';
