import { DAY_MS, type Clock } from '../../kernel/clock';
import type { NewId } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { alertOf, type NewAlert } from './alert';
import { withNews, type AmlCase } from './case';
import { detect, hasMovements, isAboutMovements, type Span } from './detection.queries';
import type { AmlPolicies } from './policy';
import { AmlStore, clear } from './store';

export interface ExaminationDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly cipher: FieldCipher;
  readonly operators: OperatorDirectory;
  readonly policies: AmlPolicies;
}

/** What is under way may still commit under an earlier instant: a minute is left for it. */
const SETTLING_MS = 60_000;

/** Looks through what moved since it last looked. */
export class AmlExamination {
  private readonly store: AmlStore;

  constructor(private readonly deps: ExaminationDeps) {
    this.store = new AmlStore(deps.cipher);
  }

  /**
   * Holds every rule against what is new, and raises alerts. Neither audit trail nor outbox is told:
   * what they say is read by people who must not know.
   *
   * @returns how many alerts were raised.
   */
  async examine(tx: Tx): Promise<number> {
    await clear(tx);
    const { clock, operators, policies } = this.deps;
    const policy = policies.under(operators.get(operatorIdOf(tx)).rulebookId);
    const to = new Date(clock.now().getTime() - SETTLING_MS);
    const from =
      (await this.store.lockWatermark(tx)) ??
      new Date(to.getTime() - policy.firstLookBackDays * DAY_MS);
    if (to <= from) return 0;
    let raised = 0;
    for (const span of daysOf({ from, to })) {
      // Most days of most operators are quiet, and to ask is cheaper than to hold rules against them.
      const hasMoved = await hasMovements(tx, span);
      for (const rule of policy.rules) {
        if (!hasMoved && isAboutMovements(rule)) continue;
        const hits = await detect(tx, rule, span);
        const at = clock.now();
        raised += await this.raise(
          tx,
          hits.map((hit) => alertOf(hit, { rule, policy, at })),
        );
      }
    }
    await this.store.moveWatermark(tx, to);
    return raised;
  }

  private async raise(tx: Tx, alerts: readonly NewAlert[]): Promise<number> {
    if (alerts.length === 0) return 0;
    const known = await this.store.knownKeys(
      tx,
      alerts.map(({ key }) => key),
    );
    const fresh = alerts.filter(({ key }) => !known.has(key));
    for (const alert of fresh) {
      const { id: caseId } = await this.caseOf(tx, alert);
      await this.store.insertAlert(tx, { ...alert, id: this.deps.newId('alt'), caseId });
      await this.store.addStep(tx, caseId, { step: 'alert-added', ...this.mark(tx) });
    }
    return fresh.length;
  }

  private async caseOf(tx: Tx, { subject }: NewAlert): Promise<AmlCase> {
    const found = await this.store.lockOpenCase(tx, subject);
    if (found) {
      if (found.proposal) await this.store.updateCase(tx, withNews(found));
      return found;
    }
    const openedAt = this.deps.clock.now();
    const opened: AmlCase = { id: this.deps.newId('amc'), subject, status: 'open', openedAt };
    await this.store.insertCase(tx, opened);
    await this.store.addStep(tx, opened.id, { step: 'opened', ...this.mark(tx) });
    return opened;
  }

  private mark(tx: Tx): { readonly by: string; readonly at: Date } {
    return { by: tx.scope.actor.id, at: this.deps.clock.now() };
  }
}

/**
 * The span day by day. A run that comes late, or the first one, which looks far back, finds what runs
 * each night would have found: windows are told of one after another.
 */
function daysOf({ from, to }: Span): readonly Span[] {
  const spans: Span[] = [];
  for (let at = from; at < to;) {
    const next = new Date(Math.min(at.getTime() + DAY_MS, to.getTime()));
    spans.push({ from: at, to: next });
    at = next;
  }
  return spans;
}
