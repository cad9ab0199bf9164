import { readFileSync } from 'node:fs';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { BrickboxError, type SourcePosition } from '../core/index.ts';

/** A YAML file with its values and the way back from a field to its place in the text. */
export interface YamlSource {
  readonly file: string;
  /** Plain values; undefined when the file is empty or could not be parsed. */
  readonly value: unknown;
  /** What is wrong with the YAML itself: tabs, duplicate keys, bad indentation. */
  readonly problems: readonly BrickboxError[];
  /**
   * Place of the value at `path`; of its key with `on: 'key'`. A path that does not exist gives the place of
   * its deepest existing part.
   */
  locate(path: readonly PropertyKey[], on?: 'key' | 'value'): SourcePosition;
  /** The text a scalar was written as, so that `010` and `1.0` stay what the user wrote. */
  scalarText(path: readonly PropertyKey[]): string | undefined;
}

/** Reads and parses a YAML file. @throws BrickboxError CONFIG_UNREADABLE when it cannot be read. */
export function readYaml(file: string): YamlSource {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BrickboxError('CONFIG_UNREADABLE', `${file} cannot be read: ${reason(cause)}.`, {
      at: { file },
      fix: 'Check the path and the permissions of the file.',
      cause,
    });
  }
  return parseYaml(text, file);
}

/** Parses YAML text that came from `file`. */
export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const positionOf = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // A broken line makes the parser stumble over the next ones: only the first error of that kind is news.
  const broken = document.errors.find((error) => !nameable.has(error.code));
  const errors = document.errors.filter((error) => nameable.has(error.code) || error === broken);
  const problems = errors.map((error) =>
    yamlProblem(error.code, error.message, positionOf(error.pos[0]), text.slice(error.pos[0])),
  );
  let value: unknown;
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 100 }) ?? undefined;
    } catch (cause) {
      problems.push(
        new BrickboxError('CONFIG_YAML', `${file} cannot be read: ${reason(cause)}.`, {
          at: { file },
          cause,
        }),
      );
    }
  }

  const resolve = (node: unknown): Node | undefined => {
    if (isAlias(node)) return node.resolve(document);
    return isNode(node) ? node : undefined;
  };
  /** Nodes of the last existing step: its key (in a map) and its value. */
  const find = (path: readonly PropertyKey[]) => {
    let found: { key?: Node | undefined; value?: Node | undefined; complete: boolean } = {
      value: resolve(document.contents),
      complete: true,
    };
    for (const step of path) {
      const node = found.value;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        if (!pair) return { ...found, complete: false };
        found = { key: resolve(pair.key), value: resolve(pair.value), complete: true };
      } else if (isSeq(node)) {
        const item = resolve(node.items[Number(step)]);
        if (!item) return { ...found, complete: false };
        found = { value: item, complete: true };
      } else return { ...found, complete: false };
    }
    return found;
  };

  return {
    file,
    value,
    problems,
    locate(path, on = 'value') {
      const { key, value: node, complete } = find(path);
      const wanted = on === 'key' || !complete ? (key ?? node) : (node ?? key);
      const field = path.length > 0 ? { field: path.map(String).join('.') } : {};
      return { ...(wanted?.range ? positionOf(wanted.range[0]) : { file, line: 1, column: 1 }), ...field };
    },
    scalarText(path) {
      const { value: node, complete } = find(path);
      if (!complete || !isScalar(node)) return undefined;
      return node.source ?? (node.value === null ? '' : String(node.value));
    },
  };
}

const nameable = new Set<string>(['DUPLICATE_KEY', 'TAB_AS_INDENT']);

function yamlProblem(code: string, message: string, at: SourcePosition, near: string): BrickboxError {
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]+/.exec(near)?.[0];
    return new BrickboxError(
      'CONFIG_DUPLICATE_KEY',
      key ? `The key ${key} is there twice.` : 'A key is there twice in one map.',
      { at, fix: 'Keep one of the two; YAML would take the last one without a word.' },
    );
  }
  if (code === 'TAB_AS_INDENT') {
    return new BrickboxError('CONFIG_TAB', 'The line is indented with a tab; YAML allows spaces only.', {
      at,
      fix: 'Replace the tab by two spaces for each level.',
    });
  }
  return new BrickboxError('CONFIG_YAML', `This is not valid YAML: ${message.replace(/\.?\s*$/, '')}.`, {
    at,
    fix: 'Compare the indentation, colons and quotes with the lines around it.',
  });
}

const reason = (cause: unknown) => {
  if (!(cause instanceof Error)) return String(cause);
  if ('code' in cause && cause.code === 'ENOENT') return 'there is no such file';
  if ('code' in cause && cause.code === 'EISDIR') return 'it is a folder';
  if ('code' in cause && cause.code === 'EACCES') return 'permission denied';
  return cause.message;
};
