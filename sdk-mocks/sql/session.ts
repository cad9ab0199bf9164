import type { Caller } from '../../emulator/policy/index.ts';
import type { SessionState, SessionVariable, SqlSession, TemporaryView } from './contract.ts';

/** Parts a name may have in front to mean the session: `session.v`, `system.session.v`. */
const sessionPaths = ['', 'session', 'system.session'];

const ownerOf = ({ principal }: Caller) => `${principal.kind}:${principal.name}`;

/** What the session holds for this caller; of somebody else's state, nothing. */
export function stateOf(session: SqlSession, caller: Caller): SessionState {
  const { state } = session;
  const owner = ownerOf(caller);
  return state?.owner === owner ? state : { owner, views: [], variables: [] };
}

/** The own part of `v`, `session.v` or `system.session.v`, in lower case; undefined for any other path. */
export function sessionName(parts: readonly string[]): string | undefined {
  const path = parts.slice(0, -1).join('.').toLowerCase();
  return sessionPaths.includes(path) ? parts.at(-1)?.toLowerCase() : undefined;
}

/** A temporary view by a name of one part, or of a session path. */
export function temporaryView(state: SessionState, parts: readonly string[]): TemporaryView | undefined {
  const wanted = sessionName(parts);
  return state.views.find((view) => view.name.toLowerCase() === wanted);
}

export function sessionVariable(state: SessionState, parts: readonly string[]): SessionVariable | undefined {
  const wanted = sessionName(parts);
  return state.variables.find((variable) => variable.name.toLowerCase() === wanted);
}

/** The state with this view in the place of one of the same name. */
export function withView(state: SessionState, view: TemporaryView): SessionState {
  return { ...state, views: [...without(state.views, view.name), view] };
}

export function withoutView(state: SessionState, name: string): SessionState {
  return { ...state, views: without(state.views, name) };
}

export function withVariable(state: SessionState, variable: SessionVariable): SessionState {
  return { ...state, variables: [...without(state.variables, variable.name), variable] };
}

export function withoutVariable(state: SessionState, name: string): SessionState {
  return { ...state, variables: without(state.variables, name) };
}

function without<Named extends { name: string }>(list: readonly Named[], name: string): Named[] {
  return list.filter((one) => one.name.toLowerCase() !== name.toLowerCase());
}
