# Postmaster in a container: two stages, no compiler and no root in the last one, nothing written outside /state and /tmp.
#   docker build -t postmaster . && docker run --read-only --tmpfs /tmp -v state:/state --env-file tokens.env postmaster
FROM python:3.11-slim AS build
WORKDIR /src
COPY .ci/requirements-run.lock .ci/
COPY pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/postmaster && /opt/postmaster/bin/pip install --no-cache-dir --require-hashes -r .ci/requirements-run.lock
COPY knowledge knowledge
COPY bot bot
COPY adapters adapters
RUN /opt/postmaster/bin/pip install --no-cache-dir --no-deps . && /opt/postmaster/bin/python -m compileall -q /opt/postmaster

FROM python:3.11-slim
COPY --from=build /opt/postmaster /opt/postmaster
RUN useradd --system --uid 10001 --home-dir /state --no-create-home postmaster && install -d -o postmaster -g postmaster -m 0700 /state
USER 10001
ENV PATH=/opt/postmaster/bin:$PATH PYTHONDONTWRITEBYTECODE=1 POSTMASTER_LOG=json POSTMASTER_METRICS=0.0.0.0:9464
ENV XDG_STATE_HOME=/state XDG_CACHE_HOME=/tmp
VOLUME /state
EXPOSE 9464 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9464/healthz', timeout=3)"]
ENTRYPOINT ["postmaster"]
CMD ["run"]
