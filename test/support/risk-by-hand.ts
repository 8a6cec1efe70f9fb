/** How a loan stood on an evening; absent where it was not there. */
export interface Standing {
  readonly outstanding: number;
  readonly daysPastDue: number;
  readonly status: string;
}

/**
 * Arrears, rolls and concentration of a month by the words of their formulas and nothing else. The
 * borrower of a loan is its number by three, every fourth loan is in dollars.
 */
export function riskByHand(
  loans: readonly { readonly before: Standing | undefined; readonly after: Standing | undefined }[],
) {
  const book = loans.map(({ before, after }, index) => ({
    currency: (index + 1) % 4 === 0 ? 'USD' : 'EUR',
    issuer: (index + 1) % 3,
    before: before?.status === 'active' ? before : undefined,
    after: after?.status === 'active' ? after : undefined,
  }));
  const bucket = (late: number): string =>
    late === 0
      ? 'current'
      : late <= 30
        ? '1-30'
        : late <= 60
          ? '31-60'
          : late <= 90
            ? '61-90'
            : 'over-90';
  const found = new Map<string, number>();
  const put = (value: number, ...key: string[]): void => void found.set(key.join(' '), value);
  for (const currency of ['EUR', 'USD']) {
    const own = book.filter((each) => each.currency === currency);
    const owed = own.flatMap(({ after }) => after ?? []);
    const total = owed.reduce((all, { outstanding }) => all + outstanding, 0);
    for (const days of [30, 60, 90]) {
      const late = owed.filter(({ daysPastDue }) => daysPastDue > days);
      const part = late.reduce((all, { outstanding }) => all + outstanding, 0);
      if (total > 0) put(part / total, `par${days}`, currency);
    }
    const borrowers = [0, 1, 2]
      .map((issuer) =>
        own.reduce(
          (all, each) => all + (each.issuer === issuer ? (each.after?.outstanding ?? 0) : 0),
          0,
        ),
      )
      .toSorted((a, b) => b - a);
    if (total > 0) {
      put((borrowers[0] ?? 0) / total, 'largest-borrower-share', currency);
      put(
        borrowers.reduce((all, each) => all + (each / total) ** 2, 0),
        'hhi',
        currency,
      );
    }
    const opened = own.flatMap(({ before, after }) => (before ? [{ before, after }] : []));
    const openings = new Map<string, number>();
    for (const { before } of opened) {
      const from = bucket(before.daysPastDue);
      openings.set(from, (openings.get(from) ?? 0) + before.outstanding);
    }
    for (const { before, after } of opened) {
      const from = bucket(before.daysPastDue);
      const key = ['roll-rate', from, after ? bucket(after.daysPastDue) : 'ended', currency].join(
        ' ',
      );
      const whole = openings.get(from) ?? 0;
      if (whole > 0) found.set(key, (found.get(key) ?? 0) + before.outstanding / whole);
    }
  }
  return found;
}
