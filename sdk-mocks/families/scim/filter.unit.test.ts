import { expect, test } from 'vitest';
import { parseFilter } from './filter.ts';

const ana = {
  schemas: [],
  id: '7',
  userName: 'ana@acme.test',
  active: true,
  displayName: 'Ana "A" Silva',
  name: { givenName: 'Ana' },
  emails: [
    { value: 'ana@acme.test', type: 'work' },
    { value: 'a@home.test', type: 'home' },
  ],
  groups: [],
};

test.each([
  'userName eq "ana@acme.test"',
  'USERNAME EQ ANA@ACME.TEST',
  "userName eq 'ana@acme.test'",
  'displayName eq "Ana \\"A\\" Silva"',
  'userName sw "ana" and userName ew ".test"',
  'userName co "@acme"',
  'userName eq "x" or active eq true',
  'name.givenName eq "ana"',
  'emails.value co "home"',
  'emails co "home"',
  'emails.type ne "other"',
  'not (userName eq "x")',
  'userName pr',
  'userName eq "x" or userName eq "y" or (active eq "true" and id eq 7)',
])('%s fits', (filter) => {
  expect(parseFilter(filter)(ana)).toBe(true);
});

test.each([
  'userName eq "x"',
  'emails.type ne "home"',
  'groups pr',
  'missing eq "x"',
  'userName eq "ana@acme.test" and active eq false',
  'toString pr',
  'constructor.name co "o"',
])('%s does not', (filter) => {
  expect(parseFilter(filter)(ana)).toBe(false);
});

test.each([
  'userName',
  'userName eq',
  'userName like "x"',
  'userName toString "x"',
  '(userName eq "x"',
  'userName eq "x" and',
  'userName eq "x',
  '"userName" eq "x"',
  'userName eq "x" "y"',
  `${'('.repeat(5000)}a pr${')'.repeat(5000)}`,
  `${'not '.repeat(5000)}a pr`,
])('%.30s is refused', (filter) => {
  expect(() => parseFilter(filter)).toThrow('cannot be read');
});
