/** A Spark type as a tree. `text` is the platform's own spelling (`MAP<STRING, INT>`, `STRUCT<a: INT>`). */
export type TypeTree = { text: string } & (
  | { kind: 'scalar'; name: string; parameters: readonly number[]; interval?: string }
  | { kind: 'array'; element: TypeTree }
  | { kind: 'map'; key: TypeTree; value: TypeTree }
  | { kind: 'struct'; fields: readonly { name: string; type: TypeTree }[] }
);

/** Other spellings of one type, and types that SQL results show as STRING (reference sql-wire 4.4). */
const spellings: Readonly<Record<string, string>> = {
  INTEGER: 'INT',
  LONG: 'BIGINT',
  SHORT: 'SMALLINT',
  BYTE: 'TINYINT',
  REAL: 'FLOAT',
  DEC: 'DECIMAL',
  NUMERIC: 'DECIMAL',
  TIMESTAMP_LTZ: 'TIMESTAMP',
  VARCHAR: 'STRING',
  CHAR: 'STRING',
  NULL: 'VOID',
};

/** Parses a type text. @throws Error when it is not one: a defect of whoever made it. */
export function parseType(text: string): TypeTree {
  const parser = new Parser(text);
  const tree = parser.type();
  parser.end();
  return tree;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(): TypeTree {
    const name = this.#word().toUpperCase();
    if (name === 'ARRAY') return this.#array();
    if (name === 'MAP') return this.#map();
    if (name === 'STRUCT') return this.#struct();
    if (name === 'INTERVAL') return this.#interval();
    return this.#scalar(spellings[name] ?? name);
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail();
  }

  #array(): TypeTree {
    this.#expect('<');
    const element = this.type();
    this.#expect('>');
    return { kind: 'array', element, text: `ARRAY<${element.text}>` };
  }

  #map(): TypeTree {
    this.#expect('<');
    const key = this.type();
    this.#expect(',');
    const value = this.type();
    this.#expect('>');
    return { kind: 'map', key, value, text: `MAP<${key.text}, ${value.text}>` };
  }

  #struct(): TypeTree {
    this.#expect('<');
    const fields: { name: string; type: TypeTree; text: string }[] = [];
    while (!this.#take('>')) {
      if (fields.length > 0) this.#expect(',');
      fields.push(this.#field());
    }
    return { kind: 'struct', fields, text: `STRUCT<${fields.map(({ text }) => text).join(', ')}>` };
  }

  #field(): { name: string; type: TypeTree; text: string } {
    const start = this.#at;
    const name = this.#fieldName();
    const spelled = this.#text.slice(start, this.#at).trim();
    this.#take(':');
    const type = this.type();
    this.#match(/\s*NOT\s+NULL/iy);
    this.#match(/\s*COMMENT\s+'(?:[^'\\]|\\.)*'/iy);
    return { name, type, text: `${spelled}: ${type.text}` };
  }

  #fieldName(): string {
    const quoted = this.#match(/\s*`((?:[^`]|``)*)`/y);
    if (quoted) return (quoted[1] ?? '').replaceAll('``', '`');
    const plain = this.#match(/\s*([^\s:,<>`]+)/y);
    return plain?.[1] ?? this.#fail();
  }

  #interval(): TypeTree {
    const unit = /\s*((?:YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)(?:\s+TO\s+(?:MONTH|HOUR|MINUTE|SECOND))?)/iy;
    const interval = this.#match(unit)?.[1]?.toUpperCase().replace(/\s+/g, ' ');
    const text = interval ? `INTERVAL ${interval}` : 'INTERVAL';
    return { kind: 'scalar', name: 'INTERVAL', parameters: [], text, ...(interval ? { interval } : {}) };
  }

  #scalar(name: string): TypeTree {
    const given = this.#match(/\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/y)?.slice(1) ?? [];
    this.#match(/\s*COLLATE\s+\w+/iy);
    if (name !== 'DECIMAL') return { kind: 'scalar', name, parameters: [], text: name };
    const [precision = 10, scale = 0] = given.filter((part) => part !== undefined).map(Number);
    const text = `DECIMAL(${precision},${scale})`;
    return { kind: 'scalar', name, parameters: [precision, scale], text };
  }

  #word(): string {
    return this.#match(/\s*([A-Za-z_]\w*)/y)?.[1] ?? this.#fail();
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#fail();
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    this.#match(/\s+/y);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #fail(): never {
    throw new Error(`'${this.#text}' is not a Spark type: unexpected text at position ${this.#at}.`);
  }
}
