# Two stages: the first installs the locked packages, the second carries only what runs.

FROM python:3.11-slim-bookworm AS packages
WORKDIR /srv/safeshare
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
COPY tools/uv.txt tools/uv.txt
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r tools/uv.txt
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --all-extras --no-dev --python /usr/local/bin/python

FROM python:3.11-slim-bookworm
# The number is fixed so that key files and secrets on the host can be given to it.
RUN groupadd --gid 10001 safeshare \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin safeshare
WORKDIR /srv/safeshare
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /srv/safeshare/.venv .venv
COPY bin bin
COPY config config
COPY docs/data-at-rest.md docs/data-at-rest.md
COPY migrations migrations
COPY worker worker
COPY safeshare safeshare
RUN .venv/bin/python -m compileall -q config migrations worker safeshare
USER 10001:10001
ENTRYPOINT ["/srv/safeshare/bin/safeshare"]
CMD ["serve", "reporter"]
