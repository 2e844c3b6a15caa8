import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installedKubectl } from "#k8s/kubectl.ts";

describe("the machine's own kubectl", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "triptych-kubectl-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function install(kustomize: string): Promise<void> {
    const program = `#!/bin/sh\necho '{ "kustomizeVersion": "${kustomize}" }'\n`;
    await writeFile(join(folder, "kubectl"), program, { mode: 0o755 });
  }

  test("is used if its kustomize is new enough", async () => {
    await install("v5.4.2");
    expect(installedKubectl(folder)).toBe("kubectl");
  });

  test("is refused if it is too old, and missed if there is none", async () => {
    expect(() => installedKubectl(folder)).toThrow("v5 or newer: none answers");
    await install("v4.5.7");
    expect(() => installedKubectl(folder)).toThrow("v5 or newer: its kustomize is v4");
  });
});
