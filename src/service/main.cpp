// dosvcd: the service.

#include "service/service_main.h"

int main(int argc, char** argv) { return dosvc::service::service_main(argc, argv); }
