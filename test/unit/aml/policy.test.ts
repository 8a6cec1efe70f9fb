import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAmlPolicies } from '../../../src/modules/aml';
import { AmlPolicies } from '../../../src/modules/aml/policy';
import { parseAmlPolicy } from '../../../src/modules/aml/policy.schema';

const FOLDER = join(__dirname, '../../../compliance/aml-policies');
const TEXT = readFileSync(join(FOLDER, 'general/2.json'), 'utf8');

const changed = (change: (policy: { readonly rules: readonly object[] }) => void) => {
  const policy = JSON.parse(TEXT) as { readonly rules: readonly object[] };
  change(policy);
  return parseAmlPolicy(JSON.stringify(policy), 'general/9.json');
};

test('the general policy is for every rulebook that has none of its own', () => {
  const policies = loadAmlPolicies(FOLDER);
  expect(policies.under('in-p2p')).toMatchObject({ id: 'general', version: 2 });
});

test('the newest version of a policy is in force, and one of its own comes first', () => {
  const general = parseAmlPolicy(TEXT, 'general/2.json');
  const policies = new AmlPolicies([
    general,
    { ...general, version: 3 },
    { ...general, id: 'india', rulebooks: ['in-p2p'] },
  ]);
  expect(policies.under('eu-ecspr')).toMatchObject({ id: 'general', version: 3 });
  expect(policies.under('in-p2p').id).toBe('india');
  expect(() => new AmlPolicies([{ ...general, rulebooks: ['in-p2p'] }])).toThrow();
});

test.each([
  { what: 'an unknown kind', change: { kind: 'astrology' } },
  { what: 'days without end', change: { withinDays: 100_000 } },
  { what: 'a threshold in no currency', change: { below: { XXX: '1.00' } } },
  { what: 'no citation', change: { citation: '' } },
])('a rule with $what stops the start with its file', ({ change }) => {
  expect(() => changed((policy) => Object.assign(policy.rules[0] ?? {}, change))).toThrow(
    'general/9.json',
  );
});

test('a rule without an indicator stops the start with its file', () => {
  const policy = JSON.parse(TEXT) as { goaml: { indicators: Record<string, string> } };
  delete policy.goaml.indicators['sanctions'];
  expect(() => parseAmlPolicy(JSON.stringify(policy), 'general/9.json')).toThrow('no indicator');
});
