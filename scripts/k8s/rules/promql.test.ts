import { findPromqlViolations, labelsOfAnswer } from "#k8s/rules/promql.ts";

const KNOWN = new Map([
  ["up", new Set(["pod"])],
  ["a_bucket", new Set(["le", "route", "pod"])],
]);

const violationsOf = (expression: string) => findPromqlViolations(expression, KNOWN);

describe("an expression of PromQL", () => {
  test.each([
    'histogram_quantile(0.99, sum by (le, route) (rate(a_bucket{route!~"b(c"}[5m]))) > 1 and on (pod) up offset 5m',
    "avg_over_time(up[1h:1m]) - on (pod) group_left (route) a_bucket",
    "time() - up > 3d",
  ])("has no violation: %s", (expression) => {
    expect(violationsOf(expression)).toEqual([]);
  });

  test.each([
    ["sum(rate(up[5m])", "is no PromQL from character 17 on: it ends too soon"],
    ["sum by pod (up)", 'is no PromQL from character 8 on: see "pod (up)"'],
    ["summ(up)", 'is no PromQL from character 5 on: see "(up)"'],
    ["up{pod=a}", 'is no PromQL from character 8 on: see "a}"'],
    ["up[5 m]", "is no PromQL from character 6 on"],
    ["", "is no PromQL from character 1 on"],
  ])("is told where it is none: %s", (expression, violation) => {
    expect(violationsOf(expression)).toEqual([expect.stringContaining(violation)]);
  });

  test.each([
    ["sum(rate(upp[5m]))", "there is no metric upp"],
    ['{pod="a"}', 'names no metric: {pod="a"}'],
    ['up{pod="a", route="b"}', "the metric up has no label route"],
    ["sum by (pod, route) (up)", "no metric in it has the label route: up"],
    ["a_bucket / on (rout) up", "no metric in it has the label rout: a_bucket, up"],
    ["rate(up)", "rate(up) has no range"],
    ["min_over_time(up)", "min_over_time(up) has no range"],
  ])("would be silent, or refused: %s", (expression, violation) => {
    expect(violationsOf(expression)).toEqual([expect.stringContaining(violation)]);
  });
});

describe("the answer to an expression", () => {
  test.each([
    ["up > 1", ["pod"]],
    ["topk(3, rate(a_bucket[5m]))", ["le", "route", "pod"]],
    ["histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m]))) > 1", ["le"]],
    ["time() - max(sum by (route) (a_bucket) / 2) by (pod) > 1", ["pod"]],
    ["sum without (le) (a_bucket)", ["route", "pod"]],
    ["sum(up)", []],
    ["1", []],
  ])("has the labels that are kept: %s", (expression, labels) => {
    expect([...labelsOfAnswer(expression, KNOWN)]).toEqual(labels);
  });
});
