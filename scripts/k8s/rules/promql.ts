import { parser } from "@prometheus-io/lezer-promql";

/** The existing metrics, each with the labels of its series. */
export type KnownMetrics = ReadonlyMap<string, ReadonlySet<string>>;

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** Functions of a range vector, besides those that end in `_over_time`. */
const OF_RANGE = /^(rate|irate|increase|delta|idelta|deriv|changes|resets|predict_linear)$/;
/** Aggregations that return some of the series unchanged. */
const KEEPS_SERIES = /^(topk|bottomk|limitk|limit_ratio)$/;
const EXCERPT_CHARACTERS_MAX = 30;

/**
 * Finds violations in a PromQL expression, by Prometheus' own grammar: syntax errors, a rate of no
 * range vector, and metrics and labels that do not exist. An alert on the last kind would never
 * fire.
 */
export function findPromqlViolations(expression: string, known: KnownMetrics): string[] {
  const nodes = [...nodesIn(parser.parse(expression).topNode)];
  const error = nodes.find(({ type }) => type.isError);
  if (error !== undefined) {
    const rest = expression.slice(error.from, error.from + EXCERPT_CHARACTERS_MAX);
    const place = rest === "" ? "it ends too soon" : `see "${rest}"`;
    return [`is no PromQL from character ${error.from + 1} on: ${place}`];
  }
  const textOf = ({ from, to }: SyntaxNode) => expression.slice(from, to);
  return nodes.flatMap((node) => {
    if (node.name === "VectorSelector") return selectorViolations(node, { known, textOf });
    if (node.name === "GroupingLabels") return groupingViolations(node, { known, textOf });
    return node.name === "FunctionCall" ? callViolations(node, textOf) : [];
  });
}

/**
 * Returns the labels of the result of a valid expression: those that its outermost aggregation
 * keeps, or those of its metric. Of a binary expression the left side counts.
 */
export function labelsOfAnswer(expression: string, known: KnownMetrics): ReadonlySet<string> {
  const nodes = [...nodesIn(parser.parse(expression).topNode)];
  const textOf = ({ from, to }: SyntaxNode) => expression.slice(from, to);
  const outermost = nodes.findIndex((node) => {
    const operator = node.getChild("AggregateOp");
    return node.name === "Identifier" || (operator && !KEEPS_SERIES.test(textOf(operator)));
  });
  const identifier = nodes.slice(outermost).find(({ name }) => name === "Identifier");
  const labels = [...((identifier && known.get(textOf(identifier))) ?? [])];
  if (nodes[outermost] === identifier) return new Set(labels);
  const modifier = nodes[outermost]?.getChild("AggregateModifier");
  const grouping = modifier?.getChild("GroupingLabels");
  const named = new Set(grouping?.getChildren("LabelName").map(textOf));
  return modifier?.getChild("Without") ? new Set(labels.filter((it) => !named.has(it))) : named;
}

type TextOf = (node: SyntaxNode) => string;

interface Reading {
  readonly known: KnownMetrics;
  readonly textOf: TextOf;
}

function selectorViolations(selector: SyntaxNode, { known, textOf }: Reading): string[] {
  const identifier = selector.getChild("Identifier");
  if (identifier === null) return [`names no metric: ${textOf(selector)}`];
  const metric = textOf(identifier);
  const labels = known.get(metric);
  if (labels === undefined) return [`there is no metric ${metric}`];
  const matchers = selector.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  return matchers
    .flatMap((matcher) => matcher.getChildren("LabelName").map(textOf))
    .filter((label) => !labels.has(label))
    .map((label) => `the metric ${metric} has no label ${label}`);
}

/** Labels after `by`, `on` and the like: one of the metrics in the expression must have them. */
function groupingViolations(grouping: SyntaxNode, { known, textOf }: Reading): string[] {
  const whole = grouping.parent?.parent;
  if (whole == null) return [];
  const metrics = [...nodesIn(whole)]
    .filter(({ name }) => name === "Identifier")
    .map((identifier) => textOf(identifier));
  return grouping
    .getChildren("LabelName")
    .map(textOf)
    .filter((label) => !metrics.some((metric) => known.get(metric)?.has(label) ?? true))
    .map((label) => `no metric in it has the label ${label}: ${metrics.join(", ")}`);
}

function callViolations(call: SyntaxNode, textOf: TextOf): string[] {
  const [identifier] = call.getChildren("FunctionIdentifier").map(textOf);
  const name = identifier ?? "";
  if (!OF_RANGE.test(name) && !name.endsWith("_over_time")) return [];
  const ranges = [...nodesIn(call)].filter(({ name }) =>
    /^(MatrixSelector|SubqueryExpr)$/.test(name),
  );
  return ranges.length > 0 ? [] : [`${textOf(call)} has no range, such as [5m]`];
}

function* nodesIn(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    yield* nodesIn(child);
  }
}
