import type { RowSet } from '../figure';
import { DEFAULTED, LOANS } from './book.queries';

/** Loans of one month or year of origination, watched in steps of so many months. */
interface Cohorts {
  readonly unit: 'month' | 'year';
  readonly everyMonths: number;
}

const PATTERN = { month: 'YYYY-MM', year: 'YYYY' } as const;

/**
 * Loans by vintage, and how many of them were in default by how many months on book. An age is shown
 * once every loan of the vintage has reached it: then the curves of vintages can be laid side by side.
 *
 * A vintage has one row of its own at each age, which counts nothing: where none was in default the
 * figure is zero, and not absent.
 */
export function vintageRows({ unit, everyMonths }: Cohorts): readonly RowSet[] {
  const vintageOf = `to_char(l.lent_on, '${PATTERN[unit]}')`;
  const loans: RowSet = {
    id: 'vintages',
    sql: `
      SELECT l.loan_id AS key, l.loan_id, ${vintageOf} AS vintage, l.currency, l.grade, l.lent_on,
             l.principal_minor
      FROM (${LOANS}) l`,
    columns: {
      loan_id: 'text',
      vintage: 'text',
      currency: 'text',
      grade: 'text',
      lent_on: 'day',
      principal_minor: 'minor',
    },
  };
  const ages = `
    SELECT v.vintage, v.currency, v.grade, g.months
    FROM (
      SELECT DISTINCT ${vintageOf} AS vintage, l.currency, l.grade,
             (date_trunc('${unit}', l.lent_on) + interval '1 ${unit}')::date AS ended_on
      FROM (${LOANS}) l
    ) v
    CROSS JOIN generate_series(${everyMonths}, 480, ${everyMonths}) AS g (months)
    WHERE (v.ended_on + make_interval(months => g.months))::date <= :asOf::date + 1`;
  const defaults: RowSet = {
    id: 'vintage-defaults',
    sql: `
      WITH ages AS (${ages})
      SELECT a.vintage || '/' || lpad(a.months::text, 3, '0') || '/' || a.currency || '/' || a.grade
               || '/' || coalesce(a.loan_id, '') AS key,
             a.vintage, lpad(a.months::text, 3, '0') AS months, a.currency, a.grade, a.loan_id,
             CASE WHEN a.loan_id IS NULL THEN 0 ELSE 1 END AS defaulted, a.lost_minor
      FROM (
        SELECT g.*, NULL AS loan_id, 0 AS lost_minor FROM ages g
        UNION ALL
        SELECT g.*, l.loan_id, l.lost_minor
        FROM ages g
        JOIN (${DEFAULTED}) l ON ${vintageOf} = g.vintage AND l.currency = g.currency
          AND l.grade = g.grade
          AND l.defaulted_on < (l.lent_on + make_interval(months => g.months))::date
      ) a`,
    columns: {
      vintage: 'text',
      months: 'text',
      currency: 'text',
      grade: 'text',
      loan_id: 'text',
      defaulted: 'count',
      lost_minor: 'minor',
    },
  };
  return [loans, defaults];
}
