import { at, listAt, textAt, textsAt } from '../fields.ts';

/** Names of the aggregated ClusterRoles that take in the rules of one with these labels. */
export function aggregatedBy(aggregators: readonly unknown[], role: unknown): string[] {
  return aggregators.filter((aggregator) => takesIn(aggregator, role)).map((one) => textAt(one, 'metadata', 'name'));
}

/** True for a ClusterRole that is put together of others. */
export function isAggregator(role: unknown): boolean {
  return listAt(role, 'aggregationRule', 'clusterRoleSelectors').length > 0;
}

/** One into which the controller has not put the rules of the others yet: it may come to hold anything. */
export function isUnfilled(role: unknown): boolean {
  return isAggregator(role) && listAt(role, 'rules').length === 0;
}

/** As the aggregation controller does (kube-controller-manager `clusterroleaggregation`): one selector is enough. */
function takesIn(aggregator: unknown, role: unknown): boolean {
  // It takes no rules from itself.
  if (textAt(aggregator, 'metadata', 'name') === textAt(role, 'metadata', 'name')) return false;
  return listAt(aggregator, 'aggregationRule', 'clusterRoleSelectors').some((selector) => selects(selector, role));
}

/** A LabelSelector (apimachinery `LabelSelectorAsSelector`); one that says nothing selects everything. */
function selects(selector: unknown, role: unknown): boolean {
  const label = (key: string): string | undefined => {
    const value = at(role, 'metadata', 'labels', key);
    return typeof value === 'string' ? value : undefined;
  };
  const wanted = Object.entries(at(selector, 'matchLabels') ?? {});
  return (
    wanted.every(([key, value]) => label(key) === value) &&
    listAt(selector, 'matchExpressions').every((expression) => holds(expression, label(textAt(expression, 'key'))))
  );
}

/** An operator that is not known may mean anything. */
function holds(expression: unknown, value: string | undefined): boolean {
  const values = textsAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}
