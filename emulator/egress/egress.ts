import { BrickboxError, Disposables, systemSecrets } from '../core/index.ts';
import { type Addresses, createAddresses } from './addresses.ts';
import { createAnswers } from './answer/answers.ts';
import { type Carrier, createCarrier } from './answer/carrier.ts';
import { createStubServer, type StubServer } from './answer/stub-server.ts';
import type { Egress, EgressOptions } from './contract.ts';
import { createClients } from './cooperative/clients.ts';
import { cooperativeEnv } from './cooperative/env.ts';
import { openGate } from './cooperative/gate.ts';
import { createProxy } from './cooperative/proxy.ts';
import { handleShimLine, shimPrefix } from './cooperative/shim-lines.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createDecide, type Decide, loadPolicy } from './policy/index.ts';
import { buildReport } from './report.ts';
import { createStrictLaunches } from './strict/launch.ts';
import { probeStrict } from './strict/probe.ts';

/**
 * Opens the egress gate of a sandbox: reads the policy, picks the mode, listens where it must.
 * @throws BrickboxError EGRESS_POLICY_INVALID, EGRESS_POLICY_UNREADABLE, EGRESS_ALLOWED_INVALID,
 *   EGRESS_STUB_MISSING; EGRESS_STRICT_UNAVAILABLE when strict mode was asked for and cannot be had.
 */
export async function createEgress(options: EgressOptions): Promise<Egress> {
  const declared = Object.keys(options.allowed);
  const policy = loadPolicy(options.policy, declared, options.baseFolder, options.log);
  const answerFor = createAnswers(options.allowed, options.baseFolder);
  const closing = new Disposables();
  const decide = createDecide(policy, options.platformOrigins);
  const addresses = createAddresses();
  const ledger = createLedger(options.journal);
  const stubs = closing.use(createStubServer(ledger, options.certificate));
  const carrier = createCarrier({
    decide,
    answerFor,
    addresses,
    ledger,
    stubs,
    dial: options.dial,
    platformPort: options.platformPort ?? (() => undefined),
  });
  const parts: GateParts = {
    options,
    policyId: policy.network_policy_id,
    carrier,
    decide,
    addresses,
    ledger,
    stubs,
  };
  const gate = closing.use(await openMode(parts));

  return {
    mode: gate.mode,
    modeReason: gate.modeReason,
    wrap: gate.wrap,
    wrapCommand: gate.wrapCommand,
    target: gate.target,
    report: () => buildReport(gate.mode, policy, declared, options.journal),
    close: () => closing.dispose(),
  };
}

interface GateParts {
  options: EgressOptions;
  policyId: string;
  carrier: Carrier;
  decide: Decide;
  addresses: Addresses;
  ledger: Ledger;
  stubs: StubServer;
}

type ModeGate = Pick<Egress, 'mode' | 'modeReason' | 'wrap' | 'wrapCommand' | 'target' | 'close'>;

/** Strict where it was asked for or can be had; never cooperative in its place without saying so. */
async function openMode(parts: GateParts): Promise<ModeGate> {
  const { mode } = parts.options;
  if (mode === 'cooperative') return openCooperative(parts, 'asked for in egress.mode');
  if (mode === 'auto' && !parts.options.reachesTarget) {
    return openCooperative(parts, 'apps are reached by port here, which a strict namespace has none of');
  }
  const probe = await probeStrict();
  if (probe.available) return openStrict(parts);
  if (mode === 'auto') return openCooperative(parts, `${probe.reason}. ${probe.fix}`);
  throw new BrickboxError('EGRESS_STRICT_UNAVAILABLE', `Strict egress was asked for: ${probe.reason}.`, {
    fix: probe.fix,
  });
}

function openStrict({ options, carrier, decide, addresses }: GateParts): ModeGate {
  const hub = {
    carrier,
    decide,
    addresses,
    dnsFailure: options.dnsFailure,
    wall: () => options.clock.wall(),
  };
  const launches = createStrictLaunches(hub, options);
  const asRoot = process.getuid?.() === 0;
  return {
    mode: 'strict',
    modeReason: asRoot
      ? 'started as root: apps see all files read-only but their own folder, home and a private /tmp'
      : '',
    ...launches,
  };
}

async function openCooperative(parts: GateParts, why: string): Promise<ModeGate> {
  const { options, carrier, decide, addresses, ledger, stubs, policyId } = parts;
  const clients = createClients(systemSecrets);
  const proxy = createProxy({ carrier, stubs, clients, ledger, policyId });
  const shims = { carrier, decide, addresses, ledger, clients, dnsFailure: options.dnsFailure };
  const gate = await openGate({
    proxy,
    shimPrefix,
    onShimLine: (line, rest, socket) => handleShimLine(shims, line, rest, socket),
  });
  return {
    mode: 'cooperative',
    modeReason: `advisory, programs that ignore proxies and the shims are not stopped (${why})`,
    async wrapCommand() {
      throw new BrickboxError(
        'INSIDE_NEEDS_STRICT',
        `There is no inside in cooperative egress, apps run in the host's network (${why}).`,
        {
          fix: 'Leave --inside out: the workspace and the apps answer on 127.0.0.1. With --egress strict Brickbox says what this machine lacks.',
        },
      );
    },
    async wrap(launch, app) {
      const token = clients.admit(app.name);
      return { ...launch, env: cooperativeEnv(launch.env, { port: gate.port, app: app.name, token }) };
    },
    target: () => undefined,
    close: gate.close,
  };
}
