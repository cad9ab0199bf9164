import { BrickboxError, Disposables, systemSecrets } from '../core/index.ts';
import { createAddresses } from './addresses.ts';
import { createAnswers } from './answer/answers.ts';
import { createCarrier } from './answer/carrier.ts';
import { createStubServer } from './answer/stub-server.ts';
import type { Egress, EgressOptions } from './contract.ts';
import { createClients } from './cooperative/clients.ts';
import { cooperativeEnv } from './cooperative/env.ts';
import { openGate } from './cooperative/gate.ts';
import { createProxy } from './cooperative/proxy.ts';
import { handleShimLine, shimPrefix } from './cooperative/shim-lines.ts';
import { createLedger } from './ledger.ts';
import { createDecide, loadPolicy } from './policy/index.ts';
import { buildReport } from './report.ts';

/**
 * Opens the egress gate of a sandbox: reads the policy, picks the mode, listens where it must.
 * @throws BrickboxError EGRESS_POLICY_INVALID, EGRESS_POLICY_UNREADABLE, EGRESS_ALLOWED_INVALID,
 *   EGRESS_STUB_MISSING; EGRESS_STRICT_UNAVAILABLE when strict mode was asked for and cannot be had.
 */
export async function createEgress(options: EgressOptions): Promise<Egress> {
  const declared = Object.keys(options.allowed);
  const policy = loadPolicy(options.policy, declared, options.baseFolder, options.log);
  const answerFor = createAnswers(options.allowed, options.baseFolder);
  if (options.mode === 'strict') {
    throw new BrickboxError('EGRESS_STRICT_UNAVAILABLE', 'Strict egress is not part of this version.', {
      fix: 'Use egress.mode: cooperative.',
    });
  }
  const closing = new Disposables();
  const decide = createDecide(policy, options.platformOrigins);
  const addresses = createAddresses();
  const ledger = createLedger(options.journal);
  const stubs = closing.use(createStubServer(ledger, options.certificate));
  const carrier = createCarrier({ decide, answerFor, addresses, ledger, stubs, dial: options.dial });
  const clients = createClients(systemSecrets);
  const proxy = createProxy({ carrier, stubs, clients, policyId: policy.network_policy_id });
  const shims = { carrier, decide, addresses, ledger, clients, dnsFailure: options.dnsFailure };
  const gate = closing.use(
    await openGate({
      proxy,
      shimPrefix,
      onShimLine: (line, rest, socket) => handleShimLine(shims, line, rest, socket),
    }),
  );

  return {
    mode: 'cooperative',
    modeReason: 'cooperative egress is advisory: programs that ignore proxies and the shims are not stopped',
    async wrap(launch, app) {
      const token = clients.admit(app.name);
      return { ...launch, env: cooperativeEnv(launch.env, { port: gate.port, app: app.name, token }) };
    },
    report: () => buildReport('cooperative', policy, declared, options.journal),
    close: () => closing.dispose(),
  };
}
