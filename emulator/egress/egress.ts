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
import {
  type ActivePolicy,
  createActivePolicy,
  type Decide,
  loadPolicy,
  type NetworkPolicy,
} from './policy/index.ts';
import { buildReport } from './report.ts';
import { createStrictLaunches, type StrictLaunches } from './strict/launch.ts';
import { probeStrict } from './strict/probe.ts';

/**
 * Opens the egress gate of a sandbox: reads the policy, picks the mode, listens where it must.
 * @throws BrickboxError EGRESS_POLICY_INVALID, EGRESS_POLICY_UNREADABLE, EGRESS_ALLOWED_INVALID,
 *   EGRESS_STUB_MISSING; EGRESS_STRICT_UNAVAILABLE when strict mode was asked for and cannot be had.
 */
export async function createEgress(options: EgressOptions): Promise<Egress> {
  const declared = Object.keys(options.allowed);
  const active = openPolicy(options, declared);
  const answerFor = createAnswers(options.allowed, options.baseFolder);
  const closing = new Disposables();
  const addresses = createAddresses();
  const ledger = createLedger(options.journal);
  const stubs = closing.use(createStubServer(ledger, options.certificate));
  const carrier = createCarrier({
    decideFor: active.decideFor,
    answerFor,
    addresses,
    ledger,
    stubs,
    dial: options.dial,
    platformPort: options.platformPort ?? (() => undefined),
  });
  const parts: GateParts = {
    options,
    carrier,
    active,
    addresses,
    ledger,
    stubs,
  };
  const gate = closing.use(await openMode(parts));

  return {
    mode: gate.mode,
    modeReason: gate.modeReason,
    wrapCommand: gate.wrapCommand,
    async wrap(launch, app) {
      active.adopt(app.name);
      return gate.wrap(launch, app);
    },
    adoptPolicy: () => active.adoptAll(),
    target: gate.target,
    report: () => buildReport(gate.mode, active.bound(), declared, options.journal),
    close: () => closing.dispose(),
  };
}

function openPolicy(options: EgressOptions, declared: readonly string[]): ActivePolicy {
  const { policy, policyChanges = 'on_restart' } = options;
  const bound = isTold(policy)
    ? policy
    : always(loadPolicy(policy, declared, options.baseFolder, options.log));
  return createActivePolicy(bound, policyChanges, options.platformOrigins);
}

const isTold = (policy: EgressOptions['policy']): policy is () => NetworkPolicy =>
  typeof policy === 'function';
const always = (policy: NetworkPolicy) => () => policy;

interface GateParts {
  options: EgressOptions;
  carrier: Carrier;
  active: ActivePolicy;
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

/** Each app has its launches of its own, which decide by its own policy. */
function openStrict({ options, carrier, active, addresses }: GateParts): ModeGate {
  const hub = {
    carrier,
    addresses,
    dnsFailure: options.dnsFailure,
    wall: () => options.clock.wall(),
  };
  const launches = new Map<string, StrictLaunches>();
  const open = (app: string | null) => {
    const decide: Decide = (host, port, product) => active.decideFor(app)(host, port, product);
    return createStrictLaunches({ ...hub, decide }, options);
  };
  const launchesOf = (app: string) => {
    const own = launches.get(app) ?? open(app);
    launches.set(app, own);
    return own;
  };
  const commands = open(null);
  const asRoot = process.getuid?.() === 0;
  return {
    mode: 'strict',
    modeReason: asRoot
      ? 'started as root: apps see all files read-only but their own folder, home and a private /tmp'
      : '',
    wrap: (launch, app) => launchesOf(app.name).wrap(launch, app),
    wrapCommand: commands.wrapCommand,
    target: (app) => launches.get(app)?.target(app),
    async close() {
      await Promise.all([commands, ...launches.values()].map((one) => one.close()));
    },
  };
}

async function openCooperative(parts: GateParts, why: string): Promise<ModeGate> {
  const { options, carrier, active, addresses, ledger, stubs } = parts;
  const policyId = (app: string | null) => active.of(app).network_policy_id;
  const clients = createClients(systemSecrets);
  const proxy = createProxy({ carrier, stubs, clients, ledger, policyId });
  const shims = {
    carrier,
    decideFor: active.decideFor,
    addresses,
    ledger,
    clients,
    dnsFailure: options.dnsFailure,
  };
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
