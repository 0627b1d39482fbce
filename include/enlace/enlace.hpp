// Module: all
#pragma once

// Everything that a service needs. A source file that wants less time to compile includes single headers.

#include <enlace/admin.hpp>
#include <enlace/ambient.hpp>
#include <enlace/baggage.hpp>
#include <enlace/blocking.hpp>
#include <enlace/body_producer.hpp>
#include <enlace/call_event.hpp>
#include <enlace/call_log.hpp>
#include <enlace/call_service.hpp>
#include <enlace/client.hpp>
#include <enlace/config_file.hpp>
#include <enlace/configuration_watch.hpp>
#include <enlace/configured_telemetry.hpp>
#include <enlace/context.hpp>
#include <enlace/error.hpp>
#include <enlace/event_writer.hpp>
#include <enlace/health.hpp>
#include <enlace/health_endpoint.hpp>
#include <enlace/health_registry.hpp>
#include <enlace/json.hpp>
#include <enlace/model_output.hpp>
#include <enlace/options.hpp>
#include <enlace/otlp.hpp>
#include <enlace/pass_on.hpp>
#include <enlace/reply.hpp>
#include <enlace/request.hpp>
#include <enlace/result.hpp>
#include <enlace/runtime.hpp>
#include <enlace/server.hpp>
#include <enlace/stream.hpp>
#include <enlace/stream_event.hpp>
