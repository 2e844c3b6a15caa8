import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { broken, loadSamples } from "#k8s/broken.fixture.ts";
import { findKubectl } from "#k8s/kubectl.ts";
import { nameOf, ofKind, type Rendering, type Workload, workloadsOf } from "#k8s/manifest.ts";
import { renderCombination } from "#k8s/render.ts";
import { findAutoscalerViolations } from "#k8s/rules/autoscalers.ts";
import { COMBINATIONS } from "#k8s/targets.ts";

const { local, production } = await loadSamples();
/** A combination with every autoscaler, and the same without one. */
const scaling = COMBINATIONS.find(({ components }) =>
  components.includes("object-store/autoscaling"),
);
const fixed = scaling?.components.filter((component) => !component.includes("autoscaling")) ?? [];

/** The fields that this test follows, of a Deployment. */
interface Scaled {
  readonly replicas?: number;
}

/**
 * The three-way merge of a client-side `kubectl apply`, for the fields of a Deployment's `spec`: a
 * field that the last applied manifest had and the next one lacks is deleted; those of the next one
 * are set. The API server then fills in its default.
 */
function apply(next: Scaled, { last, live }: { last: Scaled; live: Scaled }): number {
  const removed = Object.keys(last).filter((field) => !Object.hasOwn(next, field));
  const kept = Object.entries(live).filter(([field]) => !removed.includes(field));
  const { replicas = 1 }: Scaled = { ...Object.fromEntries(kept), ...next };
  return replicas;
}

const scaled = ({ spec: { replicas } }: Workload): Scaled =>
  replicas === undefined ? {} : { replicas };

function deploymentOf(rendering: Rendering, name: string): Workload {
  const found = workloadsOf(rendering).find((one) => nameOf(one) === `Deployment ${name}`);
  if (found === undefined) throw new Error(`there is no Deployment ${name}`);
  return found;
}

describe("adding autoscalers to a running system", () => {
  let before: Rendering;
  let after: Rendering;
  let scalers: readonly IHorizontalPodAutoscaler[];
  beforeAll(async () => {
    const [kubectl, { bases = [], components = [] } = {}] = [findKubectl(), scaling];
    before = await renderCombination(kubectl, { bases, components: fixed });
    after = await renderCombination(kubectl, { bases, components });
    scalers = ofKind<IHorizontalPodAutoscaler>(after, "HorizontalPodAutoscaler");
  });

  test("scales none of its Deployments below the minimum, now or at the next apply", () => {
    expect(scalers).toHaveLength(ofKind(after, "Deployment").length);
    for (const { spec } of scalers) {
      const { minReplicas: minimum = 1, scaleTargetRef: { name = "" } = {} } = spec ?? {};
      const [last, next] = [before, after].map((one) => scaled(deploymentOf(one, name)));
      const first = apply(next ?? {}, { last: last ?? {}, live: last ?? {} });
      expect([name, first]).toEqual([name, minimum]);
      for (const replicas of [minimum, minimum + 1]) {
        const again = apply(next ?? {}, { last: next ?? {}, live: { replicas } });
        expect(again).toBeGreaterThanOrEqual(minimum);
      }
    }
  });

  test("control: scales to one if the component removes the field", () => {
    const last = scaled(deploymentOf(before, "users"));
    expect(apply({}, { last, live: last })).toBe(1);
  });

  test("leaves the replicas to the autoscaler once the last applied manifest lacks them too", () => {
    expect(apply({}, { last: {}, live: { replicas: 5 } })).toBe(5);
  });
});

describe("an autoscaler", () => {
  const ofUsers = (change: (spec: NonNullable<IHorizontalPodAutoscaler["spec"]>) => void) =>
    broken<IHorizontalPodAutoscaler>(
      production,
      "HorizontalPodAutoscaler/users",
      ({ spec }) => spec && change(spec),
    );

  test("is right as it stands", () => {
    expect(findAutoscalerViolations(production)).toEqual([]);
  });

  test("has a workload that exists and can be scaled", () => {
    const gone = ofUsers((spec) => Object.assign(spec.scaleTargetRef, { name: "gone" }));
    expect(findAutoscalerViolations(gone)).toEqual([expect.stringContaining("no Deployment gone")]);
    const scalers = ofKind(production, "HorizontalPodAutoscaler");
    const images = scalers.filter((scaler) => nameOf(scaler).endsWith(" images"));
    const changed = { ...local, manifests: [...local.manifests, ...images] };
    expect(findAutoscalerViolations(changed)).toEqual([
      expect.stringContaining("hold a volume of one node"),
      expect.stringContaining("set the replicas of images to its minimum"),
    ]);
  });

  test("has a minimum of three, which the Deployment's replicas are too", () => {
    const low = ofUsers((spec) => Object.assign(spec, { minReplicas: 2 }));
    expect(findAutoscalerViolations(low)).toEqual([
      expect.stringContaining("its minimum of 2 is below 3"),
      expect.stringContaining("set the replicas of users"),
    ]);
    const removed = broken<Workload>(production, "Deployment/users", ({ spec }) => {
      Reflect.deleteProperty(spec, "replicas");
    });
    expect(findAutoscalerViolations(removed)).toEqual([
      expect.stringContaining("set the replicas of users"),
    ]);
  });
});
