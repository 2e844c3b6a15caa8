# One Dockerfile for every process:
#   docker build --build-arg PACKAGE=services/users --tag triptych/users .
#
# PACKAGE is services/users, services/images, services/comments or gateway.
# stack/test/image-contents.test.ts runs these lines in a folder, and checks the result. They need no
# more than the two builders of Docker 20.10, and no frontend from a registry.

# Both can be pinned: --build-arg BUILD_IMAGE=node:24-bookworm-slim@sha256:…
ARG BUILD_IMAGE=node:24-bookworm-slim
# The C and C++ libraries and certificates that Node, sharp and argon2 need, of the same Debian. No
# shell, no package manager.
ARG RUN_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
ARG PACKAGE
WORKDIR /app

# Only the package manifests first: while they are unchanged, Docker uses its cache for the next
# lines.
COPY package.json pnpm-workspace.yaml pnpm-lock.yaml ./
COPY protos/package.json protos/
COPY chassis/package.json chassis/
COPY ${PACKAGE}/package.json ${PACKAGE}/
# Installs the package's dependencies for run time. Binaries of sharp and argon2 are packages too,
# selected for this platform.
RUN npx -y pnpm@12 install --prod --frozen-lockfile --filter "{./${PACKAGE}}..."
# Deletes types, source maps and manuals, which Node never reads: a third of all bytes. Licences
# stay.
RUN find node_modules -type f \( -name '*.[cm]ts' -o -name '*.ts' -o -name '*.map' -o -name '*.md' \) \
      ! -iname '*licen[cs]e*' -delete

# The images worker limits the memory of its renderers by this program, with the one library that it
# needs.
RUN mkdir bin && cp -L /usr/bin/prlimit /usr/lib/*-linux-gnu/libsmartcols.so.1 bin/

# Sources stay outside node_modules, because Node does not strip types inside it. node_modules
# contains links to them.
COPY protos/gen protos/gen
COPY chassis/src chassis/src
COPY ${PACKAGE} ${PACKAGE}
RUN ln -s "${PACKAGE}/src/main.ts" main.ts

# Fills Node's compile cache with stripped and compiled modules: a start takes half as long. The
# cache is for one version of Node and one user, so the same Node and user as later create it, by a
# start that exits with 78, because it has no settings yet.
ENV NODE_COMPILE_CACHE=/app/.compile-cache
RUN mkdir .compile-cache && chown 65532:65532 .compile-cache
USER 65532:65532
RUN for program in "${PACKAGE}"/src/*main.ts; do \
      node "$program" || [ $? -eq 78 ] || exit 1; \
    done; \
    chmod -R a=rX .compile-cache

FROM ${RUN_IMAGE}
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
WORKDIR /app
ENV NODE_COMPILE_CACHE=/app/.compile-cache
# One heap for the few native threads of a process: 14 MB less in all, measured at rest.
ENV MALLOC_ARENA_MAX=1
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node"]
# A link to the package's own main.ts. To run another program, pass its path instead:
# services/images/src/worker-main.ts, or a service's migrate-main.ts.
CMD ["main.ts"]
