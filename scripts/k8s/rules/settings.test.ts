import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { broken, loadSamples } from "#k8s/broken.fixture.ts";
import { findSettingViolations } from "#k8s/rules/settings.ts";

const { local, production, programs } = await loadSamples();

function withMap(name: string, change: (data: Record<string, string>) => void): string[] {
  const changed = broken<IConfigMap>(local, `ConfigMap/${name}-`, ({ data = {} }) => change(data));
  return findSettingViolations(changed, programs);
}

describe("the settings of the manifests", () => {
  test("are those of the programs", () => {
    expect(findSettingViolations(local, programs)).toEqual([]);
    expect(findSettingViolations(production, programs)).toEqual([]);
  });

  test("that no program has are found, with the file that says which there are", () => {
    const violations = withMap("users", (data) => {
      data.IMAGE_ADDRESS = "images:8081";
    });
    expect(violations).toEqual([
      expect.stringContaining("services/users/src/config.ts has no setting IMAGE_ADDRESS"),
    ]);
  });

  test("that a program would refuse are found before it does, in its own words", () => {
    const violations = withMap("comments", (data) => {
      data.DATABASE_POOL_MAX = "ten";
    });
    expect(violations).toEqual([
      expect.stringContaining("DATABASE_POOL_MAX must be a whole number"),
    ]);
  });

  test("of the init container that migrates are no key, and nothing else that it does not read", () => {
    const changed = broken<IDeployment>(local, "Deployment/users", ({ spec }) => {
      const pod = spec?.template.spec;
      pod?.initContainers?.[0]?.env?.push(
        ...(pod.containers[0]?.env?.filter(({ name }) => name === "ACCESS_TOKEN_PRIVATE_KEY") ??
          []),
      );
    });
    expect(findSettingViolations(changed, programs)).toEqual([
      "Deployment users, container migrate: chassis/src/configuration/migrate-configuration.ts has no setting ACCESS_TOKEN_PRIVATE_KEY",
    ]);
  });

  test("that a program needs, and is not given, are found", () => {
    const violations = withMap("gateway", (data) => {
      delete data.USERS_ADDRESS;
    });
    expect(violations).toEqual([expect.stringContaining("USERS_ADDRESS is not set")]);
  });

  test("never let it listen where nobody else reaches it", () => {
    const violations = withMap("images-worker", (data) => {
      delete data.METRICS_HOST;
    });
    expect(violations).toEqual([expect.stringContaining("METRICS_HOST is a loopback address")]);
  });

  test("never let it talk without TLS, unless they say so", () => {
    const violations = withMap("gateway", (data) => {
      delete data.ALLOW_PLAINTEXT;
    });
    expect(violations).toEqual([expect.stringContaining("ALLOW_PLAINTEXT=true")]);
  });

  test("hold no secret", () => {
    const violations = withMap("users", (data) => {
      data.DATABASE_REPLICA_URL = "postgresql://users:password@somewhere/users";
    });
    expect(violations).toEqual([expect.stringContaining("DATABASE_REPLICA_URL is secret")]);
  });

  test("hold no secret in a text either, unless what is secret in it is quoted from a Secret", () => {
    const changed = broken<IDeployment>(production, "Deployment/users", ({ spec }) => {
      const [container] = spec?.template.spec?.containers ?? [];
      const url = container?.env?.find(({ name }) => name === "DATABASE_REPLICA_URL");
      if (url !== undefined) url.value = "postgresql://users:password@somewhere/users";
    });
    expect(findSettingViolations(changed, programs)).toEqual([
      expect.stringContaining("DATABASE_REPLICA_URL is secret"),
    ]);
  });

  test("quote only what stands before them, since the cluster puts nothing else in", () => {
    const changed = broken<IDeployment>(production, "Deployment/users", ({ spec }) => {
      spec?.template.spec?.containers[0]?.env?.reverse();
    });
    expect(findSettingViolations(changed, programs)).toEqual([
      expect.stringContaining("DATABASE_REPLICA_URL quotes DATABASE_PASSWORD, which has to stand"),
      expect.stringContaining("DATABASE_URL quotes DATABASE_PASSWORD, which has to stand before"),
    ]);
  });

  test("come with no Secret: those are made in the cluster", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "key" } };
    const changed = { ...local, manifests: [...local.manifests, secret] };
    expect(findSettingViolations(changed, programs)).toEqual([
      expect.stringContaining("Secret key: stands in the manifests"),
    ]);
  });

  test("that send files to an object store come with a place for them", () => {
    const changed = broken<IDeployment>(production, "Deployment/images-worker", ({ spec }) => {
      delete spec?.template.spec?.containers[0]?.volumeMounts;
    });
    expect(findSettingViolations(changed, programs)).toEqual([
      expect.stringContaining("mount an emptyDir"),
    ]);
  });

  test("are of a program that there is", () => {
    const changed = broken<IDeployment>(local, "Deployment/users", ({ spec }) => {
      const [container] = spec?.template.spec?.containers ?? [];
      if (container !== undefined) container.image = "triptych/likes:1";
    });
    expect(findSettingViolations(changed, programs)).toEqual([
      expect.stringContaining("runs likes, and there is no such program"),
    ]);
  });

  test("are not taken out of a Secret as a whole, whose names nobody sees here", () => {
    const changed = broken<IDeployment>(local, "Deployment/users", ({ spec }) => {
      spec?.template.spec?.containers[0]?.envFrom?.push({ secretRef: { name: "all" } });
    });
    expect(findSettingViolations(changed, programs)).toEqual([
      expect.stringContaining("has no setting names of the Secret all"),
    ]);
  });
});
