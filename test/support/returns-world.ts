import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Response } from 'supertest';
import request from 'supertest';
import { must } from '../../src/kernel/assert';
import { addDays, type CalendarDate } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import { rate } from '../../src/kernel/rate';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { ReturnsExport, returnsRoutes, ReturnsService } from '../../src/modules/returns';
import { WriteOffService } from '../../src/modules/loans/write-off.service';
import { CONFIRMED, marketServices } from './market-world';
import { EU_OPERATOR } from './offering-regimes';
import { payingWorld } from './paying-world';
import type { ServicedLoan } from './servicing-world';
import { smallApp } from './small-app';

export type ReturnsWorld = Awaited<ReturnType<typeof returnsWorld>>;

/** What the independent script says of an export. */
export interface Recomputed {
  readonly differences: number;
  readonly figures: number;
  readonly undefined: number;
  readonly events: number;
  readonly stakes: number;
  readonly said: string;
}

const SCRIPT = join(__dirname, '../recompute/returns.mjs');
const LENDER: Id<'usr'> = 'usr_01JTVST7XAES5BXHWZN4KR4VEZ';

/** Loans that are paid, missed, lost, recovered and sold, with the API of their returns. */
export async function returnsWorld() {
  const base = await payingWorld('eu-ecspr');
  const { clock, ledger, operators } = base;
  const market = marketServices(base, base.services, 'matched');
  const lenderReturns = new ReturnsService({ clock, ledger, operators });
  const owners = new Map<Id<'usr'>, Id<'inv'>>();
  const files = {
    findInvestorOf: async (_: unknown, userId: Id<'usr'>) => Promise.resolve(owners.get(userId)),
    getInvestor: async () =>
      Promise.resolve({
        partyId: base.issuer.partyId,
        name: 'x',
        isActive: true,
        isVerified: true,
      }),
  };
  const routes = returnsRoutes({
    lenderReturns,
    returnsExport: new ReturnsExport(lenderReturns),
    files,
    database: base.test.database,
  });
  const small = smallApp(routes, { database: base.test.database, strictReplies: true });
  const as = (role: Role): AuthenticatedUser => ({
    id: LENDER,
    operatorId: EU_OPERATOR,
    roles: [role],
  });

  const self = {
    small,
    market,
    writeOffs: new WriteOffService(base.services.deps),
    /** Who the user of role `investor` is. */
    owns: (lender: Id<'inv'>) => owners.set(LENDER, lender),
    get: async (path: string, role: Role = 'investor'): Promise<Response> =>
      request(small.app)
        .get(path)
        .set('Authorization', small.bearer(as(role))),
    /** Moves the clock on, closing every evening on the way; `each` is lived at noon before. */
    live: async (days: number, each?: (day: CalendarDate) => Promise<void>): Promise<void> => {
      for (let left = days; left > 0; left -= 1) {
        const today = clock.now().toISOString().slice(0, 10) as CalendarDate;
        await each?.(today);
        clock.moveTo(new Date(`${today}T23:30:00Z`));
        await base.closeDay(today);
        base.until(addDays(today, 1));
      }
    },
    /** Part of a holder's note, offered at a share of its principal. */
    offer: async (
      { loan }: ServicedLoan,
      { from, units, price }: { from: Id<'inv'>; units: bigint; price: string },
    ) => {
      const notes = await base.read((db) =>
        base.services.loanNotes.list(db, { loanNo: loan.loanNo, holderId: from, limit: 10 }),
      );
      const { noteNo } = must(notes[0], 'a note');
      const of = { loanId: loan.id, noteNo };
      return base.write((tx) =>
        market.marketListings.list(tx, { sellerId: from, of, units, price: rate(price) }),
      );
    },
    /** The same, sold to somebody. */
    sell: async (
      sold: ServicedLoan,
      { to, ...offered }: { from: Id<'inv'>; to: Id<'inv'>; units: bigint; price: string },
    ): Promise<void> => {
      const { loan } = sold;
      const { units } = offered;
      const listing = await self.offer(sold, offered);
      const { version } = await base.read((db) => base.offerings.get(db, loan.offeringId));
      const order = {
        listingId: listing.id,
        buyerId: to,
        units,
        atMost: base.money('1000000.00'),
        acknowledged: CONFIRMED,
        documents: version.documents.map(({ sha256 }) => sha256),
      };
      await base.write((tx) => market.marketTrades.buy(tx, order), 'usr_buyer');
    },
  };
  return Object.assign(base, self);
}

/** Runs the script that shares nothing with the program. */
export async function recompute(exported: string): Promise<Recomputed> {
  const folder = await mkdtemp(join(tmpdir(), 'yunchou-returns-'));
  const path = join(folder, 'export.json');
  await writeFile(path, exported);
  const said = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [SCRIPT, path], { maxBuffer: 1 << 26 }, (error, out, problems) => {
      if (error && out === '') reject(new Error(problems));
      else resolve(out);
    });
  });
  await rm(folder, { recursive: true });
  const last = must(said.trim().split('\n').at(-1), 'the last line');
  return { ...(JSON.parse(last) as Omit<Recomputed, 'said'>), said };
}
