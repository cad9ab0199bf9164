/** The little of RFC 1035 that a responder with one address for each name needs. */

export interface DnsQuestion {
  id: number;
  name: string;
  /** `A`, `AAAA`, …, or the number of an unnamed type. */
  type: string;
  /** The question section as it came, to be repeated in the answer. */
  raw: Buffer;
}

export type DnsFailure = 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';

const typeNames: Record<number, string> = {
  1: 'A',
  28: 'AAAA',
  65: 'HTTPS',
  16: 'TXT',
  33: 'SRV',
  15: 'MX',
  12: 'PTR',
};
const codes: Record<DnsFailure, number> = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };
/** Seconds an answer may be kept: short, because a policy may change at restart. */
const ttl = 5;

/** Reads the first question of a query, or undefined when it is none. */
export function readQuestion(message: Buffer): DnsQuestion | undefined {
  if (message.length < 17 || message.readUInt16BE(4) < 1 || (message.readUInt8(2) & 0x80) !== 0)
    return undefined;
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length === undefined || length > 63 || at + length + 1 >= message.length) return undefined;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  if (at + 5 > message.length) return undefined;
  const number = message.readUInt16BE(at + 1);
  return {
    id: message.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type: typeNames[number] ?? String(number),
    raw: message.subarray(12, at + 5),
  };
}

/** An answer with one IPv4 address, or with none (`undefined`: the name exists, this record type does not). */
export function addressAnswer(question: DnsQuestion, address: string | undefined): Buffer {
  if (address === undefined) return Buffer.concat([header(question, 0, 0), question.raw]);
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(1, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(ttl, 6);
  record.writeUInt16BE(4, 10);
  for (const [index, part] of address.split('.').entries()) record.writeUInt8(Number(part), 12 + index);
  return Buffer.concat([header(question, 0, 1), question.raw, record]);
}

export function failureAnswer(question: DnsQuestion, failure: DnsFailure): Buffer {
  return Buffer.concat([header(question, codes[failure], 0), question.raw]);
}

function header(question: DnsQuestion, code: number, answers: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(question.id, 0);
  bytes.writeUInt16BE(0x8180 | code, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt16BE(answers, 6);
  return bytes;
}
