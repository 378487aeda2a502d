# The product without its servers. Built in stages: neither Node.js nor an installer is in the image that runs.

FROM node:22-slim AS assets
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.13-slim AS packages
WORKDIR /app
COPY launch/locks/uv.txt requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r uv.txt \
 && uv venv --python "$(command -v python3.13)" /opt/b2bops \
 && uv pip install --no-cache --require-hashes --compile-bytecode --python /opt/b2bops/bin/python -r requirements.txt

FROM python:3.13-slim
ENV PATH=/opt/b2bops/bin:$PATH PYTHONUNBUFFERED=1 STATE_DIR=/var/lib/b2bops
RUN useradd --system --uid 10001 --home-dir /var/lib/b2bops --create-home b2bops
WORKDIR /app
COPY --from=packages /opt/b2bops /opt/b2bops
COPY . .
COPY --from=assets /app/frontend/dist frontend/dist
# the key of this step signs nothing and stays in it
RUN SECRET_KEY=build python manage.py translations --compile \
 && SECRET_KEY=build python manage.py collectstatic --noinput -v 0 \
 && python -m compileall -q .
USER b2bops
EXPOSE 8000
ENTRYPOINT ["/app/docker/entrypoint"]
CMD ["web"]
