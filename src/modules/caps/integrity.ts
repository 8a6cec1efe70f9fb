import type { IntegrityCheck } from '../../platform/integrity';

/** What must always be true of the use of caps. */
export const capChecks: readonly IntegrityCheck[] = [
  {
    id: 'caps.counted-was-sold',
    title: 'No cap counts more as sold than was sold',
    scope: 'installation',
    sql: 'SELECT cap_key, counted, sold FROM cap_find_overcounted()',
  },
  {
    id: 'caps.outstanding-is-counted',
    title: 'Caps on outstanding principal count what was sold and not repaid',
    scope: 'installation',
    sql: 'SELECT cap_key, counted, outstanding FROM cap_find_miscounted()',
  },
];
