# syntax=docker/dockerfile:1
# Cairn for a server: everything that is kept is under /data, and nothing runs as root. See docs/running.md.

ARG PYTHON=3.13

FROM python:${PYTHON}-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# What is installed is what was locked, with its hashes, and nothing is compiled.
COPY requirements/run.lock requirements/
RUN python -m venv /build \
 && /build/bin/pip install --require-hashes --only-binary :all: --requirement requirements/run.lock \
 && python -m venv --without-pip /opt/cairn \
 && /build/bin/pip --python /opt/cairn/bin/python install \
    --require-hashes --only-binary :all: --requirement requirements/run.lock
COPY pyproject.toml README.md LICENSE mountain.yaml ./
COPY scoring scoring
COPY bot bot
COPY integrations integrations
COPY migrations migrations
# The lock holds what builds the project, too; that has no place beside what runs.
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /build/bin/pip --python /opt/cairn/bin/python install --no-deps --no-index /wheels/*.whl \
 && /build/bin/pip --python /opt/cairn/bin/python uninstall --yes hatchling packaging pathspec pluggy tomlkit trove-classifiers

FROM python:${PYTHON}-slim-trixie
RUN python -m pip uninstall --yes pip \
 && groupadd --gid 10001 cairn \
 && useradd --uid 10001 --gid cairn --home-dir /data --no-create-home --shell /usr/sbin/nologin cairn \
 && install --directory --owner cairn --group cairn --mode 0700 /data
COPY --from=build /opt/cairn /opt/cairn
ENV PATH=/opt/cairn/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    # what is large and of the moment lies on the disk of /data, not in memory
    TMPDIR=/data \
    SQLITE_TMPDIR=/data \
    CAIRN_DATABASE_URL=sqlite:////data/cairn.db \
    CAIRN_KEYS_FILE=/data/cairn.keys \
    CAIRN_BACKUPS_FOLDER=/data/backups \
    CAIRN_HEALTH_PORT=8080 \
    CAIRN_SLACK_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
# Slack's requests, where a signing secret is set; Socket Mode and Discord need no port.
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['CAIRN_HEALTH_PORT'] + '/livez', timeout=4)"]
ENTRYPOINT ["cairn"]
CMD ["run"]
