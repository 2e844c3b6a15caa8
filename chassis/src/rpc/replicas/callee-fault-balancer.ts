import { experimental, status } from "@grpc/grpc-js";
import { readDetails } from "#contract/status-details.ts";
import { speaksAgainstReplica } from "#contract/verdict.ts";
import { SlowStart } from "./slow-start.ts";
import { forgetReplicas, isUnresponsive, noteReplicas } from "./unresponsive-replicas.ts";

const { ChildLoadBalancerHandler, createChildChannelControlHelper, PickResultType } = experimental;
type LoadBalancer = experimental.LoadBalancer;
type Picker = experimental.Picker;
type BalancerConfig = experimental.TypedLoadBalancingConfig;
type Endpoint = experimental.Endpoint;
type AddressUpdate = Parameters<LoadBalancer["updateAddressList"]>;

/**
 * The name of the load-balancing policy in a service config. Its one field, `child_policy`, does
 * the balancing.
 */
export const CALLEE_FAULT_BALANCER = "callee_faults";

/** The channel option with the id of the transport. */
export const TRANSPORT_ID = "triptych.transport_id";

/**
 * Service discovery: how often the name of a callee is resolved. grpc-js by itself resolves it only
 * when a connection ends, so a new replica would get no call until then.
 */
const RESOLUTION_INTERVAL_MS = 1_500;

/** Registers the policy with grpc-js, once for each process. */
export function registerCalleeFaultBalancer(): void {
  experimental.registerLoadBalancerType(
    CALLEE_FAULT_BALANCER,
    CalleeFaultBalancer,
    CalleeFaultBalancerConfig,
  );
}

class CalleeFaultBalancerConfig implements BalancerConfig {
  readonly child: BalancerConfig;

  constructor(child: BalancerConfig) {
    this.child = child;
  }

  /** Reads the policy from a service config. Throws if grpc-js does not know the child policy. */
  static createFromJson(json: { readonly child_policy: Child[] }): CalleeFaultBalancerConfig {
    const child = experimental.selectLbConfigFromList(json.child_policy);
    if (child === null)
      throw new Error(`${CALLEE_FAULT_BALANCER} has no child policy that is known`);
    return new CalleeFaultBalancerConfig(child);
  }

  getLoadBalancerName(): string {
    return CALLEE_FAULT_BALANCER;
  }

  toJsonObject(): object {
    return { [CALLEE_FAULT_BALANCER]: { child_policy: [this.child.toJsonObject()] } };
  }
}

type Child = Parameters<typeof experimental.selectLbConfigFromList>[0][number];

/**
 * A load-balancing policy around outlier detection. It does four things:
 *
 * - It reports to outlier detection only outcomes that speak against a replica. By itself that
 *   counts every status but OK, so a run of NOT_FOUND, or of calls that an overloaded callee sheds,
 *   would eject healthy replicas. A call that was cancelled late counts: it was hedged, or its
 *   deadline passed.
 * - It does not pick a replica that answers no pings, if another does.
 * - It raises the share of a new replica over some seconds.
 * - It resolves the callee's name again and again, and leaves the connections to known replicas
 *   open.
 */
class CalleeFaultBalancer implements LoadBalancer {
  readonly #child: InstanceType<typeof ChildLoadBalancerHandler>;
  readonly #timer: NodeJS.Timeout;
  readonly #slowStart = new SlowStart();
  #transportId = "";
  #replicas = 1;

  constructor(helper: experimental.ChannelControlHelper) {
    this.#child = new ChildLoadBalancerHandler(
      createChildChannelControlHelper(helper, {
        updateState: (state, picker, errorMessage) =>
          helper.updateState(
            state,
            new CalleeFaultPicker(picker, this.#replicas, this.#slowStart),
            errorMessage,
          ),
      }),
    );
    this.#timer = setInterval(() => helper.requestReresolution(), RESOLUTION_INTERVAL_MS).unref();
  }

  updateAddressList(...[addresses, config, options, note]: AddressUpdate): boolean {
    if (!(config instanceof CalleeFaultBalancerConfig)) return false;
    if (addresses.ok) this.#note(addresses.value, options);
    return this.#child.updateAddressList(addresses, config.child, options, note);
  }

  #note(endpoints: readonly Endpoint[], options: AddressUpdate[2]): void {
    const all = endpoints.flatMap(({ addresses }) => addresses);
    this.#replicas = all.length;
    this.#transportId = String(options[TRANSPORT_ID]);
    const texts = all.map(experimental.subchannelAddressToString);
    noteReplicas(this.#transportId, texts);
    this.#slowStart.setAddresses(texts);
  }

  exitIdle(): void {
    this.#child.exitIdle();
  }

  resetBackoff(): void {
    this.#child.resetBackoff();
  }

  destroy(): void {
    clearInterval(this.#timer);
    forgetReplicas(this.#transportId);
    this.#child.destroy();
  }

  getTypeName(): string {
    return CALLEE_FAULT_BALANCER;
  }
}

class CalleeFaultPicker implements Picker {
  readonly #child: Picker;
  readonly #replicas: number;
  readonly #slowStart: SlowStart;

  constructor(child: Picker, replicas: number, slowStart: SlowStart) {
    this.#child = child;
    this.#replicas = replicas;
    this.#slowStart = slowStart;
  }

  pick(what: experimental.PickArgs): experimental.PickResult {
    const picked = this.#pickResponsive(what);
    const { onCallEnded } = picked;
    if (picked.pickResultType !== PickResultType.COMPLETE || onCallEnded === null) return picked;
    const startMs = performance.now();
    return {
      ...picked,
      onCallEnded: (code, details, metadata) => {
        if (code === status.OK) return onCallEnded(code, details, metadata);
        const { reason = "" } = readDetails(metadata);
        const outcome = { code, reason, message: details };
        const isFault = speaksAgainstReplica(outcome, performance.now() - startMs);
        onCallEnded(isFault ? code : status.OK, details, metadata);
      },
    };
  }

  /**
   * Picks the next replica that answers pings and is due. If there is none, one that answers pings;
   * any replica if none does.
   */
  #pickResponsive(what: experimental.PickArgs): experimental.PickResult {
    let notDue: experimental.PickResult | undefined;
    for (let tries = this.#replicas; ; tries--) {
      const picked = this.#child.pick(what);
      const { subchannel } = picked;
      if (subchannel === null) return picked;
      const address = subchannel.getAddress();
      const answers = !isUnresponsive(address);
      if (answers && this.#slowStart.mayPick(address)) return picked;
      if (answers) notDue ??= picked;
      if (tries <= 1) return notDue ?? picked;
    }
  }
}
