import { must } from '../../kernel/assert';

/** The operator a transaction works for. Work on business rows always has one. */
export function operatorIdOf(handle: {
  readonly scope: { readonly operatorId: number | undefined };
}): number {
  return must(handle.scope.operatorId, 'the operator of the transaction');
}
