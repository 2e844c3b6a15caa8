import { type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { ReflectionService } from "@grpc/reflection";

/**
 * Creates the reflection service (grpc.reflection.v1 and v1alpha) that describes these services.
 */
export function createReflection(services: readonly DescService[]): ReflectionService {
  const files = new Map<string, Buffer>();
  for (const service of services) collect(service.file, files);
  // The library reads the file descriptors of proto-loader's definitions. This one has no more.
  const definition = { format: "files", type: {}, fileDescriptorProtos: [...files.values()] };
  return new ReflectionService({ files: definition } as never, {
    services: services.map(({ typeName }) => typeName),
  });
}

function collect(file: DescFile, files: Map<string, Buffer>): void {
  const name = file.proto.name;
  if (files.has(name)) return;
  files.set(name, Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
  for (const dependency of file.dependencies) collect(dependency, files);
}
