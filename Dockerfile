# The finished chat, for the servers and workers of the profile "scale" in
# docker-compose.yml.
FROM python:3.11-slim
WORKDIR /chat
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY chanx_django .
# A new volume has the owner of the folder that it is put on.
RUN install --directory --owner nobody results
ENV DJANGO_DEBUG=0
USER nobody
