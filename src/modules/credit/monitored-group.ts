/*
 * Which groups of people are compared. None of it may be scored: 12 CFR 1002.6(b) forbids it of sex,
 * and of age but for an empirically derived system; to look for discrimination one must know, and a
 * decision may hold such a fact without any card asking for it.
 */

/** An attribute, the fact it is read from, and the groups it parts people into. */
export interface MonitoredAttribute {
  readonly attribute: string;
  /** Name of the fact among those of the applicant. */
  readonly variable: string;
  readonly groups: readonly MonitoredGroup[];
}

export type MonitoredGroup =
  | { readonly name: string; readonly values: readonly string[] }
  | { readonly name: string; readonly from?: number; readonly below?: number };

export const MONITORED_ATTRIBUTES: readonly MonitoredAttribute[] = [
  {
    attribute: 'age',
    variable: 'age',
    groups: [
      { name: 'under 26', below: 26 },
      { name: '26 to 61', from: 26, below: 62 },
      // 12 CFR 1002.2(o): the elderly.
      { name: '62 and older', from: 62 },
    ],
  },
  {
    attribute: 'sex',
    variable: 'sex',
    groups: [
      { name: 'female', values: ['female', 'F', 'f', '女'] },
      { name: 'male', values: ['male', 'M', 'm', '男'] },
    ],
  },
];

/** The group of whoever has this fact; undefined where it is not known, or fits nowhere. */
export function groupOf({ groups }: MonitoredAttribute, fact: string): string | undefined {
  const number = fact.trim() === '' ? NaN : Number(fact);
  return groups.find((group) => {
    if ('values' in group) return group.values.includes(fact);
    return number >= (group.from ?? -Infinity) && number < (group.below ?? Infinity);
  })?.name;
}
