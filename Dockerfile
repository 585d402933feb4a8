# The fake as a server: no client, no secrets, no root. What it is asked for comes from the
# environment (SCALE_FAKE_...); docs/server.md has a section on it.
# tests/container runs these steps without Docker, so keep to FROM, COPY, RUN, ENV and what runs it.

FROM python:3.13-slim AS build
COPY scaleapi_testing /build/scaleapi_testing
RUN python3 -m pip wheel --quiet --no-deps --wheel-dir /dist /build/scaleapi_testing

FROM python:3.13-slim
COPY --from=build /dist /dist
RUN python3 -m venv /opt/scale && \
    /opt/scale/bin/python -m pip install --quiet --no-cache-dir \
        "$(echo /dist/*.whl)[server,postgres]" && \
    rm -r /dist
RUN useradd --system --uid 10001 --home-dir /state --create-home scale
USER scale
WORKDIR /state
VOLUME /state
ENV SCALE_FAKE_HOST=0.0.0.0 SCALE_FAKE_PORT=8765 SCALE_FAKE_LOG_FORMAT=json
EXPOSE 8765
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s CMD ["/opt/scale/bin/python", "-c", "import os; from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:' + os.environ['SCALE_FAKE_PORT'] + '/_fake/health', timeout=2)"]
ENTRYPOINT ["/opt/scale/bin/scaleapi-testing", "serve"]
