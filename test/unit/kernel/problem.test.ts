import { AssertionError, assert, must } from '../../../src/kernel/assert';
import { asCurrency, CURRENCIES, isCurrency, minorDigits } from '../../../src/kernel/currency';
import { Problem, problemCatalogue } from '../../../src/kernel/problem';

const teaProblem = problemCatalogue('tea', {
  cold: { kind: 'conflict', title: 'The tea is cold' },
  'no-cup': { kind: 'not-found', title: 'There is no cup' },
});

describe('a problem', () => {
  it('carries the code, kind and title of its definition', () => {
    const problem = teaProblem('no-cup');
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({
      name: 'Problem',
      code: 'tea.no-cup',
      kind: 'not-found',
      title: 'There is no cup',
      message: 'tea.no-cup: There is no cup',
    });
    expect([problem.detail, problem.errors, problem.findings]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('tells what happened this time', () => {
    const cause = new Error('kettle');
    const finding = { rule: 'temperature', citation: 'ISO 3103', message: 'Boil again.' };
    const problem = teaProblem('cold', {
      detail: 'It stood for an hour.',
      errors: [{ pointer: '/cup', detail: 'is cold' }],
      findings: [finding],
      retryAfterSeconds: 300,
      cause,
    });
    expect(problem.message).toBe('tea.cold: It stood for an hour.');
    expect(problem).toMatchObject({ retryAfterSeconds: 300, findings: [finding], cause });
    expect(problem.errors).toEqual([{ pointer: '/cup', detail: 'is cold' }]);
  });

  it('can be listed from its catalogue', () => {
    expect(teaProblem.module).toBe('tea');
    expect(Object.keys(teaProblem.definitions)).toEqual(['cold', 'no-cup']);
  });
});

describe('an assertion', () => {
  it('passes what holds and stops what does not', () => {
    expect(() => assert(1, 'unused')).not.toThrow();
    expect(() => assert(0, 'zero is nothing')).toThrow(AssertionError);
    expect(() => assert(undefined, 'gone')).toThrow('gone');
  });

  it('gives back what must be there, also when it is falsy', () => {
    expect(must(0, 'number')).toBe(0);
    expect(must('', 'text')).toBe('');
    expect(() => must(undefined, 'the cup')).toThrow('the cup is missing');
    expect(() => must(null, 'the cup')).toThrow('the cup is missing');
  });
});

describe('currencies', () => {
  it.each([
    { code: 'USD', digits: 2 },
    { code: 'JPY', digits: 0 },
    { code: 'KWD', digits: 3 },
  ] as const)('$code has $digits digits', ({ code, digits }) => {
    expect(minorDigits(code)).toBe(digits);
  });

  it('recognises its own and nothing else', () => {
    expect(CURRENCIES.every(isCurrency)).toBe(true);
    expect(['usd', 'BTC', '', 'toString', '__proto__'].some(isCurrency)).toBe(false);
    expect(() => asCurrency('BTC')).toThrow(
      expect.objectContaining({ code: 'kernel.unknown-currency', kind: 'invalid' }),
    );
  });
});
