import { identityProblem } from './errors';
import type { Operator } from './operator';

/**
 * Every operator, in memory: few rows that every request asks for and that hardly ever change.
 * The app reloads it on start, after each change and every few seconds (another instance may have
 * changed one).
 */
export class OperatorDirectory {
  private byId: ReadonlyMap<number, Operator> = new Map();
  private byCode: ReadonlyMap<string, Operator> = new Map();

  replaceAll(operators: readonly Operator[]): void {
    this.byId = new Map(operators.map((operator) => [operator.id, operator]));
    this.byCode = new Map(operators.map((operator) => [operator.code, operator]));
  }

  all(): readonly Operator[] {
    return [...this.byId.values()];
  }

  find(id: number): Operator | undefined {
    return this.byId.get(id);
  }

  findByCode(code: string): Operator | undefined {
    return this.byCode.get(code);
  }

  /** @throws Problem `identity.operator-not-found`. */
  get(id: number): Operator {
    const operator = this.byId.get(id);
    if (!operator) throw identityProblem('operator-not-found');
    return operator;
  }

  /** @throws Problem `identity.operator-not-found`. */
  getByCode(code: string): Operator {
    const operator = this.byCode.get(code);
    if (!operator) throw identityProblem('operator-not-found');
    return operator;
  }
}
