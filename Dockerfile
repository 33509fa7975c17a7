# The hub, its workers and the simulator: one image, several commands.
#   docker build -t muster .      docker run --rm -p 8000:8000 -v muster:/data muster
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/muster
COPY requirements.lock ./
RUN /opt/muster/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY hub hub
COPY channels channels
COPY playbooks playbooks
COPY web web
RUN /opt/muster/bin/pip install --no-cache-dir --no-deps . \
 && /opt/muster/bin/python -m compileall -q /opt/muster/lib

FROM python:3.12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin muster \
 && install -d -o muster -g muster -m 700 /data
COPY --from=build /opt/muster /opt/muster
ENV PATH=/opt/muster/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MUSTER_DATA=/data \
    MUSTER_BIND=0.0.0.0:8000
# Only /data and /tmp are written to, so the rest may be read-only (docker run --read-only --tmpfs /tmp).
VOLUME /data
WORKDIR /data
USER 10001
EXPOSE 8000
# 15 s are ours to end sends, record them and tell the screens to come back; give it 20.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-c", \
  "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["tini", "--", "muster"]
CMD ["serve"]
