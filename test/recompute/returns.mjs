// Recomputes every figure of an export of returns, and says where it differs.
//
//   node test/recompute/returns.mjs export.json
//
// It shares nothing with the program: it reads the file, counts day by day, computes with exact
// fractions, and solves the internal rate of return as a polynomial in fixed-point numbers. What
// each figure means stands in the file itself, under head.formulas, and in docs/returns.md.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const DAY_MS = 86_400_000;
const DIGITS = 6;
/** One, in the fixed-point numbers of the internal rate of return. */
const ONE = 10n ** 60n;

const text = readFileSync(process.argv[2], 'utf8');
const differences = [];
const found = recompute(text);
for (const difference of differences) process.stdout.write(`DIFFERENT ${difference}\n`);
process.stdout.write(`${JSON.stringify({ ...found, differences: differences.length })}\n`);
process.exitCode = differences.length === 0 ? 0 : 1;

function same(what, told, computed) {
  if (told !== computed) differences.push(`${what}: the file says ${told}, computed ${computed}`);
}

function recompute(whole) {
  const seal = whole.lastIndexOf(',"sha256":"');
  const file = JSON.parse(whole);
  same('sha256', file.sha256, createHash('sha256').update(whole.slice(0, seal)).digest('hex'));
  same('format', file.head.format, 'yunchou-returns/1');
  const asOf = dayNumber(file.head.asOf);
  const lived = file.stakes.map((stake) => live(stake, asOf));
  const idle = idleDays(file.cash, asOf);
  comparePart('whole', file.results.whole, {
    lived,
    asOf,
    idle: file.head.whose.kind === 'investor' ? idle : undefined,
  });
  const keyOf = { grade: (s) => s.grade, term: (s) => String(s.termMonths), vintage: quarterOf };
  const names = new Set(file.stakes.map(keyOf[file.head.by]));
  same('groups', file.results.groups.length, names.size);
  for (const part of file.results.groups) {
    const own = lived.filter(({ stake }) => keyOf[file.head.by](stake) === part.group);
    comparePart(part.group, part, { lived: own, asOf, idle: undefined });
  }
  return {
    stakes: file.stakes.length,
    events: file.stakes.reduce((count, { events }) => count + events.length, 0),
    figures: [file.results.whole, ...file.results.groups].flatMap(({ figures }) => figures).length,
    undefined: [file.results.whole, ...file.results.groups]
      .flatMap(({ figures }) => figures)
      .filter(({ value }) => value === null).length,
  };
}

function quarterOf({ disbursedOn, paidOn }) {
  const [year, month] = (disbursedOn ?? paidOn).split('-').map(Number);
  return `${year}-Q${month < 4 ? 1 : month < 7 ? 2 : month < 10 ? 3 : 4}`;
}

/** Lives through a stake, one day after the other. */
function live(stake, asOf) {
  const paid = minor(stake.paid);
  const principalAtStart = minor(stake.principal);
  const starts = stake.startsOn === undefined ? Infinity : dayNumber(stake.startsOn);
  const refunded = stake.refundedOn === undefined ? Infinity : dayNumber(stake.refundedOn);
  const writtenOff = stake.writtenOffOn === undefined ? Infinity : dayNumber(stake.writtenOffOn);
  const flows = [[dayNumber(stake.paidOn), -paid - minor(stake.accruedPaid)]];
  const sums = { interest: -minor(stake.accruedPaid), late: 0n, fees: 0n, gains: 0n, losses: 0n };
  Object.assign(sums, { recoveries: 0n, balanceDays: 0n, waitingDays: 0n });
  let principal = 0n;
  let carrying = 0n;
  let waiting = 0n;
  const heldOn = new Set();
  const valueOf = (left) =>
    principalAtStart === 0n ? 0n : halfEven(paid * left, principalAtStart);
  for (let day = dayNumber(stake.paidOn); day <= asOf; day += 1) {
    if (day === dayNumber(stake.paidOn)) waiting = paid;
    if (day >= starts && waiting > 0n) {
      waiting = 0n;
      principal = principalAtStart;
      carrying = valueOf(principal);
    }
    if (day === refunded) {
      waiting = 0n;
      flows.push([day, paid]);
    }
    for (const event of stake.events.filter(({ on }) => dayNumber(on) === day)) {
      const price = minor(event.price);
      const cash = price + minor(event.interest) + minor(event.late) - minor(event.fees);
      flows.push([day, cash]);
      sums.interest += minor(event.interest);
      sums.late += minor(event.late);
      sums.fees += minor(event.fees);
      principal -= minor(event.principal);
      if (day > writtenOff) {
        sums.recoveries += price;
      } else {
        const left = valueOf(principal);
        sums.gains += price - carrying + left;
        carrying = left;
      }
      same(`${stake.loanId}/${event.ref} principal`, minor(event.principalLeft), principal);
      same(`${stake.loanId}/${event.ref} carrying`, minor(event.carrying), carrying);
    }
    if (day === writtenOff) {
      sums.losses += carrying;
      carrying = 0n;
    }
    if (principal !== 0n) heldOn.add(day);
    if (day < asOf) {
      sums.balanceDays += carrying;
      sums.waitingDays += waiting;
    }
  }
  const bad = stake.defaultedOn ?? stake.writtenOffOn;
  const badDay = bad === undefined ? Infinity : dayNumber(bad);
  return {
    stake,
    flows,
    isPaidOut: stake.disbursedOn !== undefined && dayNumber(stake.disbursedOn) <= asOf,
    isDefaulted: [...heldOn].some((day) => day >= badDay),
    sums: {
      ...sums,
      carrying,
      waiting,
      doubtful: stake.isInDefault && writtenOff > asOf ? carrying : 0n,
    },
  };
}

function idleDays(cash, asOf) {
  let days = 0n;
  let until = asOf;
  for (const { on, balance } of cash) {
    days += minor(balance) * BigInt(until - dayNumber(on));
    until = dayNumber(on);
  }
  return days;
}

function comparePart(name, part, { lived, asOf, idle }) {
  const sums = {};
  for (const { sums: own } of lived) {
    for (const [key, amount] of Object.entries(own)) sums[key] = (sums[key] ?? 0n) + amount;
  }
  const sum = (key) => sums[key] ?? 0n;
  for (const [key, told] of Object.entries(part.amounts)) {
    same(`${name} ${key}`, minor(told), sum(key));
  }
  same(`${name} balanceDays`, BigInt(part.balanceDays), sum('balanceDays'));
  same(`${name} waitingDays`, BigInt(part.waitingDays), sum('waitingDays'));
  same(`${name} stakes`, part.stakes, lived.length);
  const paidOut = lived.filter(({ isPaidOut }) => isPaidOut);
  const loans = new Set(paidOut.map(({ stake }) => stake.loanId)).size;
  const bad = paidOut.filter(({ isDefaulted }) => isDefaulted);
  const defaulted = new Set(bad.map(({ stake }) => stake.loanId)).size;
  same(`${name} loans`, part.loans, loans);
  same(`${name} defaulted`, part.defaulted, defaulted);

  const gross = sum('interest') + sum('late') + sum('gains');
  const lost = sum('losses') - sum('recoveries');
  const net = gross - sum('fees') - lost;
  const yearly = (amount) => fraction(365n * amount, sum('balanceDays'));
  const idleSum = (idle ?? 0n) + sum('waitingDays');
  const closing = sum('carrying') - sum('doubtful') + sum('waiting');
  const computed = {
    'gross-yield/1': yearly(gross),
    'fee-rate/1': yearly(sum('fees')),
    'realised-loss-rate/1': yearly(lost),
    'net-annual-return/1': yearly(net),
    'yield-by-vintage/1': yearly(net),
    'loss-adjusted-return/1': yearly(net - sum('doubtful')),
    'xirr/1': () => xirr([...lived.flatMap(({ flows }) => flows), [asOf, closing]]),
    'default-rate/1': fraction(BigInt(defaulted), BigInt(loans)),
    'cash-drag/1': fraction(idleSum, idleSum + sum('balanceDays')),
  };
  for (const { formula, value } of part.figures) {
    if (!(formula in computed)) differences.push(`${name}: ${formula} is not known here`);
    else same(`${name} ${formula}`, value, computed[formula]());
  }
}

function fraction(numerator, denominator) {
  return () =>
    denominator <= 0n ? null : decimal(halfEven(numerator * 10n ** BigInt(DIGITS), denominator));
}

// The internal rate of return: with x = (1 + r)^(-1/365) the sum of amount * x^day is a polynomial,
// whose sign is taken in fixed point. Where the amounts change sign more than once, roots are looked
// for on a grid.
function xirr(flows) {
  const byDay = new Map();
  for (const [day, amount] of flows) byDay.set(day, (byDay.get(day) ?? 0n) + amount);
  const net = [...byDay].filter(([, amount]) => amount !== 0n).sort(([a], [b]) => a - b);
  if (!net.some(([, a]) => a > 0n) || !net.some(([, a]) => a < 0n)) return null;
  const first = net[0][0];
  const terms = net.map(([day, amount]) => [day - first, amount]);
  const roots = bracketsOf(terms).map(([low, high]) => bisect(terms, low, high));
  if (roots.length !== 1) return null;
  const [x] = roots;
  const growth = (ONE * ONE) / power(x, 365);
  return decimal(halfEven((growth - ONE) * 10n ** BigInt(DIGITS), ONE));
}

function power(base, exponent) {
  let result = ONE;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) / ONE;
    square = (square * square) / ONE;
  }
  return result;
}

function valueAt(terms, x) {
  let sum = 0n;
  let at = 0;
  let factor = ONE;
  for (const [days, amount] of terms) {
    factor = (factor * power(x, days - at)) / ONE;
    at = days;
    sum += amount * factor;
  }
  return sum;
}

function bracketsOf(terms) {
  const grid = [];
  for (let step = -200; step <= 200; step += 1) grid.push(step / 200);
  for (let step = 1; step <= 500; step += 1) grid.push(1 + step / 20);
  for (let step = 1; step <= 240; step += 1) grid.unshift(-1 - step / 20);
  const points = grid.map((force) => fixed(Math.exp(-force / 365)));
  const signs = points.map((x) => valueAt(terms, x) > 0n);
  return points.flatMap((x, i) => (i > 0 && signs[i] !== signs[i - 1] ? [[points[i - 1], x]] : []));
}

function bisect(terms, from, to) {
  let low = from;
  let high = to;
  const sign = valueAt(terms, low) > 0n;
  for (let step = 0; step < 160; step += 1) {
    const middle = (low + high) / 2n;
    if (valueAt(terms, middle) > 0n === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2n;
}

function fixed(number) {
  return BigInt(Math.round(number * 2 ** 52)) * (ONE / 2n ** 52n);
}

function dayNumber(text) {
  const [year, month, day] = text.split('-').map(Number);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** `-1250.05` as -125005: all amounts of a file have the digits of its one currency. */
function minor(text) {
  return BigInt(text.replace('.', ''));
}

function halfEven(numerator, denominator) {
  const sign = numerator < 0n ? -1n : 1n;
  const size = numerator * sign;
  const whole = size / denominator;
  const rest = 2n * (size % denominator);
  const isUp = rest > denominator || (rest === denominator && whole % 2n === 1n);
  return sign * (isUp ? whole + 1n : whole);
}

function decimal(scaled) {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(DIGITS + 1, '0');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`;
}
