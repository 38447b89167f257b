# The binary is static: no libc, with the time zones in it. The image holds it
# and the CA certificates, and nothing else.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/andon ./cmd/andon && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/andon /andon
# Everything that is written is in /data, SQLite's temporary files too, so that
# the root file system can be read-only.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV ANDON_CONFIG=/data/andon.yaml SQLITE_TMPDIR=/data
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["/andon", "healthcheck"]
ENTRYPOINT ["/andon"]
CMD ["serve", "--config", "/data/andon.yaml"]
