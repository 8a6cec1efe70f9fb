import { checksReport } from '../../../src/cli/checks-report';
import type { CheckResult } from '../../../src/platform/integrity';

function aResult(changes: Partial<CheckResult> = {}): CheckResult {
  return {
    check: {
      id: 'ledger.entries-balance',
      title: 'Every entry balances',
      scope: 'operator',
      sql: '',
    },
    operatorId: 1,
    count: 0n,
    violations: [],
    durationMs: 12,
    ...changes,
  };
}

test('what holds is one line a check, what does not is followed by what was found', () => {
  const installation = {
    id: 'audit.tail-complete',
    title: 'The chain reaches its head',
    scope: 'installation',
    sql: '',
  } as const;
  const text = checksReport(
    [
      aResult(),
      aResult({ operatorId: 7, count: 3n, violations: [{ entry_no: '42', currency: 'EUR' }] }),
      aResult({ check: installation, operatorId: undefined, durationMs: 1234 }),
    ],
    new Map([[1, 'alpha']]),
  );
  expect(text.split('\n')).toEqual([
    '        check                   operator  violations     took  what is true',
    'ok      ledger.entries-balance  alpha              0    12 ms  Every entry balances',
    'BROKEN  ledger.entries-balance  7                  3    12 ms  Every entry balances',
    '          entry_no=42  currency=EUR',
    '          and 2 more',
    'ok      audit.tail-complete     (all)              0  1234 ms  The chain reaches its head',
    '',
    '3 checks in 1.258 s: 1 do not hold.',
  ]);
});

test('all well is said in one line at the end', () => {
  expect(checksReport([aResult()], new Map())).toMatch(/\n\n1 checks in 0.012 s: all hold.$/);
});
