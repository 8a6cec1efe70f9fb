import { must } from '../../kernel/assert';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { Heads, ReportService, Run } from '../reporting';
import { commitmentTo, draw, type Case, type Draw } from './draw';
import { supervisionProblem } from './errors';
import { requireStep, type Inspection, type InspectionTerms, type Step } from './inspection';
import * as store from './inspection.store';
import type { Visit } from './reading.service';
import type { Supervisor } from './remit';

export interface InspectionDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly operators: OperatorDirectory;
  readonly reports: ReportService;
}

/** What is drawn from, once the nonce is shown. */
export interface DrawBasis {
  readonly inspection: Inspection;
  readonly run: Run;
  readonly population: readonly Case[];
}

/** What one of the sides adds to an inspection. */
export type NextStep = Pick<Step, 'step'> &
  Partial<Pick<Step, 'pointNo' | 'caseKey' | 'text' | 'dueOn'>>;

const PAGE = 1000;
/** A draw is published with all it was drawn from. */
const LARGEST_POPULATION = 100_000;

/** Inspections: a draw that neither side could choose, and what is asked and found about it. */
export class InspectionService {
  constructor(private readonly deps: InspectionDeps) {}

  /**
   * Commits to a nonce by its hash, before there is the report that is drawn from. An authority has one
   * commitment for a kind of report at a time: of several it could draw the one it likes best.
   *
   * @throws Problem `supervision.figure-not-reported`, `supervision.commitment-used`,
   *   `supervision.inspection-open`.
   */
  async open(
    tx: Tx,
    { supervisor }: Visit,
    of: { readonly commitment: string; readonly terms: InspectionTerms },
  ): Promise<Inspection> {
    const { clock, newId, audit, outbox, reports } = this.deps;
    const template = reports.templates(tx).find(({ id }) => id === of.terms.template);
    if (template?.figures.some(({ id }) => id === of.terms.figure) !== true) {
      throw supervisionProblem('figure-not-reported');
    }
    const { authorityId, userId } = supervisor;
    await this.requireNoneOpen(tx, { authorityId, ...of });
    const inspection: Inspection = {
      ...of,
      id: newId('isp'),
      authorityId,
      openedBy: userId,
      openedAt: clock.now(),
      drawn: undefined,
      withdrawn: undefined,
    };
    if (!(await store.insertInspection(tx, inspection))) {
      throw supervisionProblem('commitment-used');
    }
    const details = { commitment: of.commitment, template: of.terms.template };
    await audit.record(tx, {
      action: 'inspection.opened',
      subject: inspection.id,
      details,
    });
    await outbox.publish(tx, {
      type: 'inspection.opened',
      subject: inspection.id,
      payload: details,
    });
    return inspection;
  }

  /** @throws Problem `supervision.inspection-not-found`, also where it is another authority's. */
  async get(db: Db, id: Id<'isp'>, of?: Supervisor): Promise<Inspection> {
    const inspection = await store.findInspection(db, id);
    const isOwn = of === undefined || inspection?.authorityId === of.authorityId;
    if (inspection === undefined || !isOwn) throw supervisionProblem('inspection-not-found');
    return inspection;
  }

  async list(
    db: Db,
    of: Parameters<typeof store.listInspections>[1],
  ): Promise<readonly Inspection[]> {
    return store.listInspections(db, of);
  }

  /**
   * Reads what is drawn from: the rows behind the figure in the first report of which everything was
   * recorded after the commitment.
   *
   * @throws Problem `supervision.inspection-not-found`, `supervision.already-withdrawn`,
   *   `supervision.nonce-mismatch`, `supervision.no-report-yet`, `supervision.stratum-not-found`,
   *   `supervision.population-too-large`.
   */
  async basis(
    db: Db,
    { supervisor }: Visit,
    of: { readonly id: Id<'isp'>; readonly nonce: string },
  ): Promise<DrawBasis> {
    const inspection = await this.get(db, of.id, supervisor);
    if (inspection.withdrawn !== undefined) throw supervisionProblem('already-withdrawn');
    if (commitmentTo(of.nonce) !== inspection.commitment)
      throw supervisionProblem('nonce-mismatch');
    const run = await this.reportOf(db, inspection);
    if (run === undefined) throw supervisionProblem('no-report-yet');
    return { inspection, run, population: await this.populationOf(db, run, inspection.terms) };
  }

  /**
   * Draws, and keeps the draw for everybody to compute again.
   *
   * @throws Problem `supervision.already-drawn`, `supervision.already-withdrawn`.
   */
  async draw(tx: Tx, { inspection, run, population }: DrawBasis, nonce: string): Promise<Draw> {
    const { clock, audit, outbox } = this.deps;
    await store.lockInspection(tx, inspection.id);
    const { withdrawn } = await this.get(tx, inspection.id);
    if (withdrawn !== undefined) throw supervisionProblem('already-withdrawn');
    const { heads, contentHash } = must(run.made, 'a report that was made');
    const drawn = draw(
      population,
      { nonce, reportSha256: contentHash, ledgerHead: headOf(heads) },
      inspection.terms,
    );
    const isFirst = await store.insertDraw(tx, {
      inspectionId: inspection.id,
      runId: run.id,
      drawnAt: clock.now(),
      draw: canonicalJson(drawn as unknown as Json),
    });
    if (!isFirst) throw supervisionProblem('already-drawn');
    const details = { report: run.id, seed: drawn.seed, cases: drawn.sampleSize };
    await audit.record(tx, { action: 'inspection.drawn', subject: inspection.id, details });
    await outbox.publish(tx, {
      type: 'inspection.drawn',
      subject: inspection.id,
      payload: details,
    });
    return drawn;
  }

  /**
   * Gives a commitment up. Whether its draw could have been known by then is kept with the reason, and
   * both are public.
   *
   * @throws Problem `supervision.already-drawn`, `supervision.already-withdrawn`.
   */
  async withdraw(tx: Tx, id: Id<'isp'>, reason: string): Promise<Inspection> {
    const { clock, audit, outbox } = this.deps;
    await store.lockInspection(tx, id);
    const inspection = await this.get(tx, id);
    if (inspection.drawn !== undefined) throw supervisionProblem('already-drawn');
    if (inspection.withdrawn !== undefined) throw supervisionProblem('already-withdrawn');
    const runId = (await this.reportOf(tx, inspection))?.id;
    const withdrawn = { withdrawnAt: clock.now(), reason, runId };
    await store.insertWithdrawal(tx, id, withdrawn);
    const details = { reason, report: runId };
    await audit.record(tx, { action: 'inspection.withdrawn', subject: id, details });
    await outbox.publish(tx, { type: 'inspection.withdrawn', subject: id, payload: details });
    return { ...inspection, withdrawn };
  }

  /** The draw as it was published. @throws Problem `supervision.not-drawn-yet`. */
  async published(db: Db, id: Id<'isp'>): Promise<string> {
    const text = await store.readDraw(db, id);
    if (text === undefined) throw supervisionProblem('not-drawn-yet');
    return text;
  }

  /**
   * Opens a point, or takes its next step, in the name of the actor of the transaction.
   *
   * @throws Problem `supervision.point-not-found`, `supervision.point-step`, `supervision.four-eyes`,
   *   `supervision.case-not-drawn`, `supervision.already-expired` for a deadline that is not ahead.
   */
  async step(tx: Tx, inspection: Inspection, next: NextStep): Promise<readonly Step[]> {
    const { clock, audit, outbox } = this.deps;
    await store.lockInspection(tx, inspection.id);
    const steps = await store.listSteps(tx, inspection.id);
    const actor = tx.scope.actor.id;
    const place = placeOf(steps, { ...next, actor });
    this.requireAhead(tx, next.dueOn);
    await this.requireDrawn(tx, inspection, next.caseKey);
    const step: Step = {
      ...place,
      step: next.step,
      caseKey: next.caseKey,
      text: next.text,
      dueOn: next.dueOn,
      actor,
      happenedAt: clock.now(),
    };
    await store.insertStep(tx, inspection.id, step);
    const details = { point: place.pointNo, dueOn: next.dueOn };
    const action = `inspection.point-${next.step}`;
    await audit.record(tx, { action, subject: inspection.id, details });
    await outbox.publish(tx, { type: action, subject: inspection.id, payload: details });
    return [...steps, step];
  }

  async steps(db: Db, id: Id<'isp'>): Promise<readonly Step[]> {
    return store.listSteps(db, id);
  }

  private async requireNoneOpen(
    tx: Tx,
    of: Pick<Inspection, 'authorityId' | 'commitment' | 'terms'>,
  ): Promise<void> {
    const { authorityId, commitment, terms } = of;
    await store.lockOpening(tx, authorityId);
    const open = await store.findUnended(tx, { authorityId, template: terms.template });
    if (open === undefined) return;
    throw supervisionProblem(
      open.commitment === commitment ? 'commitment-used' : 'inspection-open',
    );
  }

  /** The report an inspection is drawn from: once there is one, no other takes its place. */
  private async reportOf(
    db: Db,
    { terms, openedAt }: Pick<Inspection, 'terms' | 'openedAt'>,
  ): Promise<Run | undefined> {
    return this.deps.reports.firstPublishedAfter(db, {
      templateId: terms.template,
      after: openedAt,
    });
  }

  private async populationOf(
    db: Db,
    run: Run,
    { figure: figureId, stratumBy }: InspectionTerms,
  ): Promise<readonly Case[]> {
    const population: Case[] = [];
    for (let after = ''; ;) {
      const request = { figureId, by: {}, after, limit: PAGE };
      const rows = await this.deps.reports.drill(db, run.id, request);
      for (const { key, values } of rows.slice(0, PAGE)) {
        const stratum = stratumBy === undefined ? 'all' : values[stratumBy];
        if (stratum === undefined) throw supervisionProblem('stratum-not-found');
        population.push({ key, stratum: stratum ?? '' });
      }
      if (population.length > LARGEST_POPULATION) throw supervisionProblem('population-too-large');
      if (rows.length <= PAGE) return population;
      after = must(population.at(-1), 'a row').key;
    }
  }

  private requireAhead(db: Db, dueOn: CalendarDate | undefined): void {
    const { timeZone } = this.deps.operators.get(operatorIdOf(db));
    if (dueOn === undefined || dueOn > dateIn(timeZone, this.deps.clock.now())) return;
    throw supervisionProblem('already-expired', { detail: 'The deadline must lie ahead.' });
  }

  private async requireDrawn(
    db: Db,
    { id }: Inspection,
    caseKey: string | undefined,
  ): Promise<void> {
    if (caseKey === undefined) return;
    const { drawn } = JSON.parse(await this.published(db, id)) as Draw;
    if (!drawn.some(({ key }) => key === caseKey)) throw supervisionProblem('case-not-drawn');
  }
}

/** How far the ledger reached, as a line: each chain with its length and hash. */
function headOf({ ledger }: Heads): string {
  return ledger.map(({ chain, seq, hash }) => `${chain}:${seq}:${hash}`).join(',');
}

/** Where a step stands: at the end of its point, or at the head of a new one. */
function placeOf(
  steps: readonly Step[],
  { pointNo, step, actor }: NextStep & Pick<Step, 'actor'>,
): Pick<Step, 'pointNo' | 'stepNo'> {
  if (pointNo === undefined) return { pointNo: (steps.at(-1)?.pointNo ?? 0) + 1, stepNo: 1 };
  const last = steps.findLast((each) => each.pointNo === pointNo);
  if (last === undefined) throw supervisionProblem('point-not-found');
  requireStep(last, { step, actor });
  return { pointNo, stepNo: last.stepNo + 1 };
}
