import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { holdingProblem } from './errors';
import { withShares, type RegisterExtract } from './extract';
import type { Instrument } from './instrument';
import { maskName, nameViewOf, type NameView } from './name-policy';
import type { RegisterParties } from './parties';
import * as queries from './queries';
import type { HoldingRow, RegisterLine } from './queries';
import type { HoldingsService } from './service';
import { sharesOfTotal } from './share-of-total';

export interface RegisterDeps {
  readonly clock: Clock;
  readonly holdings: HoldingsService;
  readonly parties: RegisterParties<Db>;
}

/** One's own part of an instrument. */
export interface OwnHolding extends HoldingRow {
  /** Percent of all units, four decimals. */
  readonly share: string;
}

/** What of a register a caller may see. */
type View =
  | { readonly lines: 'all'; readonly names: NameView }
  | { readonly lines: 'own'; readonly investorId: Id<'inv'> };

const OVERSEERS: readonly string[] = ['compliance', 'operations', 'admin', 'regulator'];

/** Registers as people see them: now or as of a moment, whole or one's own line. */
export class RegisterService {
  constructor(private readonly deps: RegisterDeps) {}

  /**
   * The register of an instrument as it stood at `at`, that instant included; now when absent.
   * Overseers and the issuer see every holder, an investor only its own line.
   *
   * @throws Problem `holdings.instrument-not-found`, `holdings.not-your-register`.
   */
  async extract(
    db: Db,
    user: AuthenticatedUser,
    wanted: { readonly instrumentId: Id<'ins'>; readonly at?: Date | undefined },
  ): Promise<RegisterExtract> {
    const { clock, holdings, parties } = this.deps;
    const { instrumentId, at } = wanted;
    const instrument = await holdings.getInstrument(db, instrumentId);
    const view = await this.viewOf(db, user, instrument);
    const madeAt = clock.now();
    const head = await queries.headAt(db, instrumentId, at);
    const all = withShares(await queries.linesAfter(db, instrumentId, head.position));
    const shown = view.lines === 'all' ? all : all.filter(isOf(view.investorId));
    const names = await this.namesOf(db, shown, view.lines === 'all' ? view.names : 'full');
    return {
      instrument,
      issuerName: await parties.issuerName(db, instrument.issuerId),
      asOf: at ?? madeAt,
      position: head.position,
      headHash: head.hash,
      issued: head.issued,
      cancelled: head.cancelled,
      outstanding: head.issued - head.cancelled,
      holderCount: all.length,
      names: view.lines === 'all' ? view.names : 'full',
      lines: shown.map(({ investorId, units, share }) => ({
        investorId,
        name: names.get(investorId) ?? '',
        units,
        share,
      })),
      madeAt,
    };
  }

  /** What the caller itself holds. */
  async listOwn(
    db: Db,
    user: AuthenticatedUser,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly OwnHolding[]> {
    const investorId = await this.deps.parties.findInvestorOf(db, user.id);
    if (!investorId) return [];
    const rows = await queries.listHoldings(db, investorId, page);
    return rows.map((row) => {
      const [share = '0.0000'] = sharesOfTotal([row.units, row.outstanding - row.units]);
      return { ...row, share };
    });
  }

  /** @throws Problem `holdings.not-your-register`, worded as if there were none. */
  private async viewOf(db: Db, user: AuthenticatedUser, instrument: Instrument): Promise<View> {
    const { parties } = this.deps;
    if (user.roles.some((role) => OVERSEERS.includes(role))) {
      return { lines: 'all', names: nameViewOf(user.roles) };
    }
    const isIssuer =
      user.roles.includes('issuer') && (await parties.actsFor(db, user.id, instrument.issuerId));
    if (isIssuer) return { lines: 'all', names: nameViewOf(['issuer']) };
    const investorId = user.roles.includes('investor')
      ? await parties.findInvestorOf(db, user.id)
      : undefined;
    if (!investorId) throw holdingProblem('not-your-register');
    return { lines: 'own', investorId };
  }

  private async namesOf(
    db: Db,
    lines: readonly RegisterLine[],
    view: NameView,
  ): Promise<ReadonlyMap<Id<'inv'>, string>> {
    const ids = lines.map(({ investorId }) => investorId);
    const names = await this.deps.parties.listNames(db, ids);
    if (view === 'full') return names;
    return new Map([...names].map(([id, name]) => [id, maskName(name)]));
  }
}

function isOf(investorId: Id<'inv'>) {
  return (line: RegisterLine): boolean => line.investorId === investorId;
}
