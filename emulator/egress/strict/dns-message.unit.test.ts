import { expect, test } from 'vitest';
import { addressAnswer, failureAnswer, readQuestion } from './dns-message.ts';

function query(name: string, type = 1): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  const head = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

test('reads a question and answers it with an address', () => {
  const question = readQuestion(query('Api.Example.COM'));
  expect(question).toMatchObject({ id: 0x1234, name: 'api.example.com', type: 'A' });
  const answer = addressAnswer(question!, '198.18.0.2');
  expect(answer.readUInt16BE(0)).toBe(0x1234);
  expect(answer.readUInt16BE(6)).toBe(1);
  expect([...answer.subarray(-4)]).toEqual([198, 18, 0, 2]);
});

test('a name without that record type has no answers; a failure carries its code', () => {
  const question = readQuestion(query('a.example', 28));
  expect(question?.type).toBe('AAAA');
  expect(addressAnswer(question!, undefined).readUInt16BE(6)).toBe(0);
  expect(failureAnswer(question!, 'SERVFAIL').readUInt16BE(2) & 15).toBe(2);
  expect(failureAnswer(question!, 'NXDOMAIN').readUInt16BE(2) & 15).toBe(3);
});

test.each([
  ['too short', Buffer.alloc(5)],
  [
    'a label beyond the end',
    Buffer.concat([query('a.example').subarray(0, 12), Buffer.from([60, 1, 2, 3, 4, 5])]),
  ],
  ['an endless name', Buffer.concat([query('a.example').subarray(0, 12), Buffer.alloc(600, 1)])],
  ['an answer', Buffer.concat([Buffer.from([0, 1, 0x80]), query('a.example').subarray(3)])],
])('refuses %s', (_what, message) => {
  expect(readQuestion(message)).toBeUndefined();
});
