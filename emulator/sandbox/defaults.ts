import { createHash } from 'node:crypto';

/** Ids of a sandbox that clients see, made from the seed so that they repeat from run to run. */
export interface SandboxIds {
  /** Eight lower-case letters and digits, part of cookie names. Unique per sandbox, not per seed. */
  sandbox: string;
  /** Decimal, 16 digits. */
  workspace: string;
  /** 16 hexadecimal digits, the form of the platform's warehouse ids. */
  warehouse: string;
  /** UUID. */
  account: string;
}

export function sandboxIds(seed: string, unique: string): SandboxIds {
  const digest = (kind: string) => createHash('sha256').update(`${seed}\0${kind}`).digest();
  const hex = (kind: string) => digest(kind).toString('hex');
  const account = hex('account');
  return {
    sandbox: unique,
    workspace: String(
      1_000_000_000_000_000n + (digest('workspace').readBigUInt64BE() % 8_000_000_000_000_000n),
    ),
    warehouse: hex('warehouse').slice(0, 16),
    account: `${account.slice(0, 8)}-${account.slice(8, 12)}-4${account.slice(13, 16)}-8${account.slice(17, 20)}-${account.slice(20, 32)}`,
  };
}
