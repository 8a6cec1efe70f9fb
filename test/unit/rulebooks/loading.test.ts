import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RulebookError, Rulebooks } from '../../../src/modules/rulebooks';
import { aParameter, aRule, aRulebook, aRulebookFile } from '../../support/builders/rulebook';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rulebooks-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(id: string, file: string, content: unknown): void {
  mkdirSync(join(directory, id), { recursive: true });
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(directory, id, file), text);
}

function failure(content: unknown, file = 'rulebook.json'): RulebookError {
  if (file !== 'rulebook.json') write('test-law', 'rulebook.json', aRulebookFile());
  write('test-law', file, content);
  try {
    Rulebooks.load(directory);
  } catch (error) {
    if (error instanceof RulebookError) return error;
    throw error;
  }
  throw new Error('it loaded');
}

const aRequirement = (more: object = {}) =>
  aRule('requirement', {
    actions: ['subscribe'],
    must: { isTrue: 'investor.isVerified' },
    message: 'Verify.',
    ...more,
  });
const deep = {
  all: [
    { isTrue: 'investor.isVerified' },
    { atLeast: [{ greaterOf: [{ parameter: 'amount' }, { share: 'rate' }] }, { fact: 'amount' }] },
  ],
};
const dated = (...values: unknown[]) => aParameter('money', '1.00', { values });
const value = (from: string, text: string) => ({ from, value: text, verification: 'verified' });

describe('loading rulebooks', () => {
  it('reads every folder, in order, with its cases', () => {
    write('test-law', 'rulebook.json', aRulebookFile());
    write('another', 'rulebook.json', { ...aRulebookFile(), id: 'another' });
    write('another', 'cases.json', {
      cases: [{ name: 'A case', at: '2021-06-01T12:00:00Z', figure: 'x', expect: {} }],
    });
    writeFileSync(join(directory, 'README.md'), 'not a rulebook');
    const rulebooks = Rulebooks.load(directory);
    expect(rulebooks.list().map(({ id }) => id)).toEqual(['another', 'test-law']);
    expect(rulebooks.get('another').cases).toHaveLength(1);
    expect(rulebooks.get('test-law').cases).toEqual([]);
    expect(rulebooks.get('test-law').contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives one hash to one content, however it is laid out', () => {
    write('test-law', 'rulebook.json', aRulebookFile());
    const before = Rulebooks.load(directory).get('test-law').contentHash;
    write('test-law', 'rulebook.json', JSON.stringify(aRulebookFile(), undefined, 4));
    expect(Rulebooks.load(directory).get('test-law').contentHash).toBe(before);
    write('test-law', 'rulebook.json', aRulebookFile({ title: 'Another law' }));
    expect(Rulebooks.load(directory).get('test-law').contentHash).not.toBe(before);
  });

  it('knows no other rulebook', () => {
    write('test-law', 'rulebook.json', aRulebookFile());
    const rulebooks = Rulebooks.load(directory);
    expect(rulebooks.find('us-reg-x')).toBeUndefined();
    expect(() => rulebooks.get('us-reg-x')).toThrow(
      expect.objectContaining({
        code: 'rulebooks.unknown-rulebook',
        detail: 'There are test-law.',
      }),
    );
  });

  it('stops on a folder without a rulebook', () => {
    mkdirSync(join(directory, 'empty'));
    expect(() => Rulebooks.load(directory)).toThrow(RulebookError);
  });
});

describe('a rulebook file that is wrong stops the process, and says where and why', () => {
  it.each<{ name: string; file: unknown; path: string; reason: RegExp }>([
    { name: 'no JSON', file: '{ "id": ', path: '', reason: /JSON/ },
    {
      name: 'another id than its folder',
      file: aRulebookFile({ id: 'other' }),
      path: 'id',
      reason: /the folder is called test-law/,
    },
    {
      name: 'an unknown currency',
      file: aRulebookFile({ currency: 'XXX' }),
      path: 'currency',
      reason: /Invalid option/,
    },
    {
      name: 'an unknown time zone',
      file: aRulebookFile({ timeZone: 'Mars/Olympus' }),
      path: 'timeZone',
      reason: /no such time zone/,
    },
    {
      name: 'an unknown field',
      file: aRulebookFile({ colour: 'red' }),
      path: '',
      reason: /colour/,
    },
    {
      name: 'a day that does not exist',
      file: aRulebookFile({ parameters: { x: dated(value('2021-02-30', '1.00')) } }),
      path: 'parameters.x.values[0].from',
      reason: /"2021-02-30" is not a day/,
    },
    {
      name: 'days out of order',
      file: aRulebookFile({
        parameters: { x: dated(value('2021-02-02', '1.00'), value('2021-02-01', '1.00')) },
      }),
      path: 'parameters.x.values[1].from',
      reason: /in order of time/,
    },
    {
      name: 'an amount with too many digits',
      file: aRulebookFile({ parameters: { x: aParameter('money', '1.001') } }),
      path: 'parameters.x.values[0].value',
      reason: /too-many-digits/,
    },
    {
      name: 'a rate that is none',
      file: aRulebookFile({ parameters: { x: aParameter('rate', '5%') } }),
      path: 'parameters.x.values[0].value',
      reason: /rate.malformed/,
    },
    {
      name: 'a length that is not whole',
      file: aRulebookFile({ parameters: { x: aParameter('days', '1.5') } }),
      path: 'parameters.x.values[0].value',
      reason: /"1.5" is not a whole number of days/,
    },
    {
      name: 'a word that is no choice',
      file: aRulebookFile({ parameters: { x: aParameter('word', 'maybe', { choices: ['yes'] }) } }),
      path: 'parameters.x.values[0].value',
      reason: /"maybe" is not among its choices/,
    },
    {
      name: 'a word without choices',
      file: aRulebookFile({ parameters: { x: aParameter('word', 'yes') } }),
      path: 'parameters.x.values[0].value',
      reason: /not among its choices/,
    },
    {
      name: 'a number that is no string',
      file: aRulebookFile({ parameters: { x: aParameter('money', 5 as never) } }),
      path: 'parameters.x.values[0].value',
      reason: /expected string/,
    },
    {
      name: 'no values',
      file: aRulebookFile({ parameters: { x: dated() } }),
      path: 'parameters.x.values',
      reason: /Too small/,
    },
    { name: 'no rules', file: aRulebookFile({ rules: [] }), path: 'rules', reason: /Too small/ },
    {
      name: 'an unknown kind of rule',
      file: aRulebookFile({ rules: [aRule('miracle', {})] }),
      path: 'rules[0].kind',
      reason: /Invalid/,
    },
    {
      name: 'two rules of one id',
      file: aRulebookFile({ rules: [aRequirement(), aRequirement()] }),
      path: 'rules[1].id',
      reason: /a-requirement is there twice/,
    },
    {
      name: 'a rule that ends before it begins',
      file: aRulebookFile({ rules: [aRequirement({ from: '2021-01-01', to: '2021-01-01' })] }),
      path: 'rules[0].to',
      reason: /ends before it begins/,
    },
    {
      name: 'an id that is no slug',
      file: aRulebookFile({ rules: [aRequirement({ id: 'Is_Verified' })] }),
      path: 'rules[0].id',
      reason: /kebab-case/,
    },
    {
      name: 'an expression string',
      file: aRulebookFile({ rules: [aRequirement({ must: 'investor.isVerified' })] }),
      path: 'rules[0].must',
      reason: /expected an object with one of: all, any, not/,
    },
    {
      name: 'an unknown operator',
      file: aRulebookFile({
        rules: [aRequirement({ must: { less: [{ product: [] }, { fact: 'amount' }] } })],
      }),
      path: 'rules[0].must.less[0]',
      reason: /expected an object with one of: parameter, fact/,
    },
    {
      name: 'a mistake deep inside',
      file: aRulebookFile({ rules: [aRequirement({ must: deep })] }),
      path: 'rules[0].must.all[1].atLeast[0].greaterOf[1].of',
      reason: /expected an object/,
    },
    {
      name: 'a word operand that is none',
      file: aRulebookFile({ rules: [aRequirement({ must: { same: [{ word: 'x' }, 'x'] } })] }),
      path: 'rules[0].must.same[1]',
      reason: /fact, parameter, word/,
    },
    {
      name: 'an unknown parameter',
      file: aRulebookFile({ rules: [aRequirement({ above: { parameter: 'x' } })] }),
      path: 'rules[0].above',
      reason: /no parameter "x"/,
    },
    {
      name: 'an unknown fact in a figure',
      file: aRulebookFile({
        figures: {
          x: {
            title: 'A figure',
            citation: 'Article 3',
            verification: 'verified',
            of: { fact: 'x' },
          },
        },
      }),
      path: 'figures.x.of',
      reason: /no money or count or rate fact "x"/,
    },
  ])('$name', ({ file, path, reason }) => {
    const error = failure(file);
    expect(error.file).toContain('test-law/rulebook.json');
    expect(error.path).toBe(path);
    expect(error.reason).toMatch(reason);
    expect(error.message).toContain(`at ${path || '(root)'}: `);
  });

  it.each<{ name: string; more: object; reason: RegExp }>([
    { name: 'no question', more: {}, reason: /exactly one question/ },
    {
      name: 'two questions',
      more: { action: 'close', figure: 'x' },
      reason: /exactly one question/,
    },
    { name: 'an unknown action', more: { action: 'dance' }, reason: /Invalid option/ },
    {
      name: 'a moment without its offset',
      more: { at: '2021-06-01T12:00:00', figure: 'x' },
      reason: /datetime/,
    },
  ])('a case with $name', ({ more, reason }) => {
    const cases = [{ name: 'A case', at: '2021-06-01T12:00:00Z', expect: {}, ...more }];
    const error = failure({ cases }, 'cases.json');
    expect(error.file).toContain('test-law/cases.json');
    expect(error.path).toMatch(/^cases\[0\]/);
    expect(error.reason).toMatch(reason);
  });
});

describe('the versions of a rulebook', () => {
  it('begin on each day on which anything changed, while it is in force', () => {
    const rulebook = aRulebook({
      inForce: {
        from: '2020-01-01',
        to: '2024-01-01',
        citation: 'Act 9',
        verification: 'verified',
      },
      parameters: {
        x: dated(
          value('2019-01-01', '1.00'),
          value('2021-03-01', '2.00'),
          value('2025-01-01', '3.00'),
        ),
      },
      rules: [aRequirement({ from: '2021-03-01', to: '2022-05-01' })],
    });
    expect(rulebook.versions.map(({ from }) => from)).toEqual([
      '2020-01-01',
      '2021-03-01',
      '2022-01-01',
      '2022-05-01',
    ]);
    expect(rulebook.versions[0]?.money.get('x')?.toString()).toBe('1.00 EUR');
    expect(rulebook.versions[2]?.money.has('repealed')).toBe(false);
  });

  it('tell the tier of somebody who shows nothing', () => {
    expect(aRulebook().defaultTier).toEqual({ id: 'plain', title: 'Plain' });
    expect(aRulebook().hasTier('skilled')).toBe(true);
    expect(aRulebook().hasTier('expert')).toBe(false);
  });
});
