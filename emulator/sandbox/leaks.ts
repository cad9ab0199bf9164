import { detectLeaks } from '../journal/index.ts';
import type { RunningApp } from './apps.ts';
import type { World } from './world.ts';

/** Lets the leak detector follow the journal of a sandbox. Returns the function that stops it. */
export function watchForLeaks(world: World, apps: ReadonlyMap<string, RunningApp>): () => void {
  return detectLeaks(world.journal, {
    tokenFacts: (tokenId) => world.identity.tokens.facts(tokenId),
    openExchanges: (app) => apps.get(app)?.gateway.openExchanges() ?? [],
    // A token handed on from app to app belongs to the session at the first one's gateway.
    sessionState(app, session) {
      const own = apps.get(app)?.gateway.sessionState(session) ?? 'unknown';
      if (own !== 'unknown') return own;
      const states = [...apps.values()].map(({ gateway }) => gateway.sessionState(session));
      return states.find((state) => state !== 'unknown') ?? 'unknown';
    },
    wall: () => world.clock.wall(),
  });
}
